//! Checks a component's exports and imports against what a host calls and gives.

use wasmtime::component::{InstancePre, Linker};

use crate::{Error, Loaded, Result, one_line};

impl Loaded {
    /// The first of `wanted` that it exports, by its place there, and its version. Each is
    /// an interface and the series of its version, as `wasi:http/handler@0.3`.
    ///
    /// # Errors
    /// [`Error::MissingExport`].
    pub fn exported(&self, wanted: &[&str]) -> Result<(usize, String)> {
        let exports = self.exports();
        let version = |wanted: &str| {
            exports.iter().find_map(|export| {
                let rest = export.strip_prefix(wanted)?;
                let (_, version) = export.split_once('@')?;
                rest.starts_with('.').then(|| version.to_owned())
            })
        };
        let mut found = wanted.iter().enumerate();
        found
            .find_map(|(place, wanted)| Some((place, version(wanted)?)))
            .ok_or_else(|| Error::MissingExport {
                file: self.file.clone(),
                wanted: wanted.join(" or "),
                exports,
            })
    }

    /// The names of all that the component exports, as `wasi:cli/run@0.2.12`.
    #[must_use]
    pub fn exports(&self) -> Vec<String> {
        self.component
            .component_type()
            .exports(self.component.engine())
            .map(|(export, _)| export.to_owned())
            .collect()
    }

    /// Connects the component's imports with what `linker` has.
    ///
    /// # Errors
    /// [`Error::MissingImport`], with `provided` to tell the user what there is.
    pub fn resolve_imports<T: 'static>(
        &self,
        linker: &Linker<T>,
        provided: &str,
    ) -> Result<InstancePre<T>> {
        linker.instantiate_pre(&self.component).map_err(|e| {
            let reason = one_line(&e);
            // The engine names the import in its message only; ask for each name in turn.
            let import = self
                .component
                .component_type()
                .imports(self.component.engine())
                .map(|(import, _)| import.to_owned())
                .find(|import| reason.contains(&format!("`{import}`")));
            match import {
                Some(import) => Error::MissingImport {
                    file: self.file.clone(),
                    import,
                    provided: provided.to_owned(),
                },
                None => Error::Invalid(self.file.clone(), reason),
            }
        })
    }
}
