-- Installs the functions. The server needs `allow_experimental_webassembly_udf = 1` in its
-- configuration, and the file in `user_files_path`. Do this on every replica: modules are not
-- replicated.
INSERT INTO system.webassembly_modules (name, code)
SELECT 'crypt32_filter', raw_blob FROM file('crypt32_filter.wasm', 'RawBLOB');

CREATE OR REPLACE FUNCTION crypt32_benign LANGUAGE WASM ABI BUFFERED_V1
FROM 'crypt32_filter' ARGUMENTS (line String) RETURNS UInt8 DETERMINISTIC
SETTINGS serialization_format = 'RowBinary';

CREATE OR REPLACE FUNCTION crypt32_verdict LANGUAGE WASM ABI BUFFERED_V1
FROM 'crypt32_filter' ARGUMENTS (line String) RETURNS String DETERMINISTIC
SETTINGS serialization_format = 'RowBinary';
