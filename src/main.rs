//! Parses the command line and calls the library; nothing else.

fn main() -> std::process::ExitCode {
    porchlight::cli::main()
}
