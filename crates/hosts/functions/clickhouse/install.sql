-- Installs the functions. The server needs `allow_experimental_webassembly_udf = 1` in its
-- configuration, and the file in `user_files_path`. Do this on every replica: modules are not
-- replicated.
--
-- Fuel is off, so that a long record cannot end a query or an insert. If the server does not know this
-- setting, leave it out, and set `webassembly_udf_max_fuel = 0` for the users who query and insert.
INSERT INTO system.webassembly_modules (name, code)
SELECT 'crypt32_filter', raw_blob FROM file('crypt32_filter.wasm', 'RawBLOB');

CREATE OR REPLACE FUNCTION crypt32_benign LANGUAGE WASM ABI BUFFERED_V1
FROM 'crypt32_filter' ARGUMENTS (line String) RETURNS UInt8 DETERMINISTIC
SETTINGS serialization_format = 'RowBinary', webassembly_udf_enable_fuel = false;

CREATE OR REPLACE FUNCTION crypt32_verdict LANGUAGE WASM ABI BUFFERED_V1
FROM 'crypt32_filter' ARGUMENTS (line String) RETURNS String DETERMINISTIC
SETTINGS serialization_format = 'RowBinary', webassembly_udf_enable_fuel = false;
