DROP TABLE bulk_decisions;
