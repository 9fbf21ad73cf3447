//! The binary `yuti`.

fn main() -> std::process::ExitCode {
    yuti_api::cli::run()
}
