//! Generates the JavaScript bindings of a module, for the arguments that wasm-pack passes.

use anyhow::{Context as _, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let mut bindgen = Bindgen::new();
    // The command wasm-bindgen writes the default path of the module, and `pack.mjs` removes it.
    bindgen.omit_default_module_path(false);
    let mut out_dir = None;
    while let Some(arg) = args.next() {
        let mut value = || args.next().with_context(|| format!("{arg} needs a value"));
        match arg.as_str() {
            "--version" => {
                println!("wasm-bindgen {}", env!("CARGO_PKG_VERSION"));
                return Ok(());
            }
            "--out-dir" => out_dir = Some(value()?),
            "--out-name" => drop(bindgen.out_name(&value()?)),
            "--target" => match value()?.as_str() {
                "web" => drop(bindgen.web(true)?),
                other => bail!("target {other} is not supported; scripts/wasm.sh uses web"),
            },
            "--typescript" => drop(bindgen.typescript(true)),
            "--debug" => drop(bindgen.debug(true)),
            input if !input.starts_with('-') => drop(bindgen.input_path(input)),
            other => bail!("{other} is not supported"),
        }
    }
    bindgen.generate(out_dir.context("--out-dir is missing")?)
}
