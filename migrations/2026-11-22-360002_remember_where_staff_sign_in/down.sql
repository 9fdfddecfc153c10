DROP TABLE staff_networks;
