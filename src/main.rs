//! The native command.

fn main() -> std::process::ExitCode {
    crypt32_filter::cli::native::main()
}
