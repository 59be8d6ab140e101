-- How much of a table is noise. `logs` has its records in `line String`.
SELECT
    CAST(crypt32_verdict(line), 'Enum8(\'unrelated\' = 0, \'benign\' = 1, \'review\' = 2)') AS verdict,
    count() AS records,
    sum(length(line)) AS bytes
FROM logs
GROUP BY verdict
ORDER BY verdict;
