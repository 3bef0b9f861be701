//! The command `zhibiao`; everything is in the library.

fn main() -> std::process::ExitCode {
    zhibiao::cli::main().into()
}
