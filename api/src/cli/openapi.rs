//! `yuti openapi`

use std::path::PathBuf;

use clap::Args;

use super::{Exit, Refusal};
use crate::routes;

/// The words of the command.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Print YAML instead of JSON.
    #[arg(long)]
    yaml: bool,
    /// Compare this file with the document instead of printing it.
    #[arg(long, value_name = "FILE", conflicts_with = "yaml")]
    check: Option<PathBuf>,
}

/// The document as JSON and as YAML.
///
/// # Errors
/// It cannot be written: a fault of the program.
pub fn document() -> Result<(String, String), Refusal> {
    let fault =
        |cause: String| Refusal::new(Exit::Fault, format!("the OpenAPI document cannot be written: {cause}"));
    let document = routes::contract();
    let mut json = document.to_pretty_json().map_err(|cause| fault(cause.to_string()))?;
    json.push('\n');
    let yaml = document.to_yaml().map_err(|cause| fault(cause.to_string()))?;
    Ok((json, yaml))
}

/// Runs the command.
///
/// # Errors
/// The file differs, or cannot be read.
pub fn run(arguments: Arguments) -> Result<(), Refusal> {
    let (json, yaml) = document()?;
    let Some(file) = arguments.check else {
        print!("{}", if arguments.yaml { yaml } else { json });
        return Ok(());
    };
    let name = file.display().to_string();
    let known = std::fs::read_to_string(&file)
        .map_err(|cause| Refusal::new(Exit::NoInput, format!("{name} cannot be read: {cause}")))?;
    if known == json {
        println!("{name} is up to date");
        return Ok(());
    }
    let line = known.lines().zip(json.lines()).position(|(a, b)| a != b).map_or(0, |line| line + 1);
    Err(Refusal::new(
        Exit::Data,
        format!("{name} differs from the document from line {line} on; mend it with: yuti openapi > {name}"),
    ))
}
