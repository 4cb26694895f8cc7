-- What is read of a database of Discourse Network Analyzer 3.

-- name: tables
SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%';

-- name: types
SELECT t.ID, t.Label, v.ID, v.Variable, v.DataType
FROM STATEMENTTYPES t LEFT JOIN VARIABLES v ON v.StatementTypeId = t.ID
ORDER BY t.ID, v.ID
LIMIT 10000;

-- name: statements
SELECT s.ID, s.DocumentId, s.Start, s.Stop,
    (SELECT e.Value FROM DATASHORTTEXT d JOIN ENTITIES e ON e.ID = d.Entity
     WHERE d.StatementId = s.ID AND d.VariableId = :person LIMIT 1),
    (SELECT e.Value FROM DATASHORTTEXT d JOIN ENTITIES e ON e.ID = d.Entity
     WHERE d.StatementId = s.ID AND d.VariableId = :organization LIMIT 1),
    (SELECT e.Value FROM DATASHORTTEXT d JOIN ENTITIES e ON e.ID = d.Entity
     WHERE d.StatementId = s.ID AND d.VariableId = :concept LIMIT 1),
    (SELECT b.Value FROM DATABOOLEAN b
     WHERE b.StatementId = s.ID AND b.VariableId = :agreement LIMIT 1)
FROM STATEMENTS s
WHERE s.StatementTypeId = :type
ORDER BY s.DocumentId, s.ID;

-- name: document
SELECT Title, Text, Date FROM DOCUMENTS WHERE ID = ? LIMIT 1;
