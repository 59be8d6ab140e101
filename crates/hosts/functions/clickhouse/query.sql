-- Counts how much of the table `logs` is noise. Its records are in `line String`.
SELECT
    CAST(crypt32_verdict(line), 'Enum8(\'unrelated\' = 0, \'benign\' = 1, \'review\' = 2)') AS verdict,
    count() AS records,
    sum(length(line)) AS bytes
FROM logs
GROUP BY verdict
ORDER BY verdict;
