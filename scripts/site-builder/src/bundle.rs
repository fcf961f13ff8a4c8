//! A bundle of islands: a WebAssembly module with the script that loads it.

use crate::error::SiteError;
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    str::FromStr,
};
use wasm_bindgen_cli_support::Bindgen;

/// The language features that rustc uses; wasm-opt rejects modules with features that are not named.
const OPTIMIZE: [&str; 3] = ["-Oz", "--enable-bulk-memory", "--enable-nontrapping-float-to-int"];
const MINIFY: [&str; 3] = ["--module", "--compress", "--mangle"];

/// A compiled module and the name under which pages load it, written as `NAME=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    name: String,
    module: PathBuf,
}

impl FromStr for Bundle {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((name, module)) if !name.is_empty() && !module.is_empty() => {
                Ok(Self { name: name.to_owned(), module: module.into() })
            }
            _ => Err("write NAME=FILE, such as toast=target/wasm/customer.wasm"),
        }
    }
}

impl Bundle {
    /// Writes `NAME.wasm` and `NAME.js` into the folder, optimized to be small or as they are.
    pub(crate) fn write(&self, folder: &Path, optimize: bool) -> Result<(), SiteError> {
        self.bind(folder).map_err(|cause| SiteError::Bindgen {
            path: self.module.display().to_string(),
            message: format!("{cause:#}"),
        })?;
        let (bound, module) = (folder.join(format!("{}_bg.wasm", self.name)), self.file(folder, "wasm"));
        if !optimize {
            return fs::rename(&bound, &module).map_err(SiteError::file(&bound));
        }
        run("wasm-opt", [OPTIMIZE.map(OsStr::new).as_slice(), &[bound.as_ref(), "-o".as_ref(), module.as_ref()]])?;
        fs::remove_file(&bound).map_err(SiteError::file(&bound))?;
        let script = self.file(folder, "js");
        run("terser", [&[script.as_ref(), "-o".as_ref(), script.as_ref()], MINIFY.map(OsStr::new).as_slice()])
    }

    fn bind(&self, folder: &Path) -> Result<(), impl std::fmt::Display + use<>> {
        let mut bindgen = Bindgen::new();
        bindgen.input_path(&self.module).out_name(&self.name).typescript(false).web(true)?.generate(folder)
    }

    fn file(&self, folder: &Path, extension: &str) -> PathBuf {
        folder.join(format!("{}.{extension}", self.name))
    }
}

pub(crate) fn run(program: &'static str, arguments: [&[&OsStr]; 2]) -> Result<(), SiteError> {
    let mut command = Command::new(program);
    command.args(arguments.concat()).stdin(Stdio::null());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(SiteError::Program { program, status }),
        Err(cause) => Err(SiteError::Start { program, cause }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_written_as_name_and_file() {
        let bundle: Bundle = "toast=target/wasm/a=b.wasm".parse().unwrap();
        assert_eq!(bundle, Bundle { name: "toast".to_owned(), module: "target/wasm/a=b.wasm".into() });
        for text in ["", "toast", "=a.wasm", "toast="] {
            assert!(text.parse::<Bundle>().is_err(), "{text}");
        }
    }
}
