//! The native command.

fn main() -> std::process::ExitCode {
    crypt32_cli::native::main()
}
