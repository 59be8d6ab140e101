-- Keeps the noise out of `logs`: rows inserted into `incoming` arrive there, except the records that
-- `crypt32-filter filter --action drop` would drop. Records to review arrive.
CREATE TABLE incoming (line String) ENGINE = Null;

CREATE TABLE logs (line String) ENGINE = MergeTree ORDER BY tuple();

CREATE MATERIALIZED VIEW without_noise TO logs AS
SELECT line FROM incoming WHERE NOT crypt32_benign(line);
