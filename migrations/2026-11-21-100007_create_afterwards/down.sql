DROP TABLE received_activities_b, received_activities_a, jobs, events;
