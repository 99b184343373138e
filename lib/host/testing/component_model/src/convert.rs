//! From `.wast` files to components, and to what the files say of them.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use json_from_wast::{Action, Command, Const, Opts, WasmFile, WasmFileType, Wast};
use serde_json::Value;
use wasmparser::component_types::{ComponentEntityType, ComponentFuncTypeId};
use wasmparser::types::TypesRef;
use wasmparser::{Parser, Payload, Validator};

use crate::needs::{self, ASYNC_FUNCTION, TEXT, TRAPPED};
use crate::suite::{self, Call, Ends, Entry, Opening, Suite};
use crate::value;

/// Converts all `files`, and writes what they become to the folder `output`.
pub fn convert(files: &[impl AsRef<Path>], output: &Path) -> Result<()> {
    let mut suite = Suite::default();
    let mut files: Vec<&Path> = files.iter().map(AsRef::as_ref).collect();
    files.sort_unstable();
    for file in files {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let name = name_of(file)?;
        let entries = of_file(&name, &text, output);
        suite.0.extend(entries.with_context(|| name.clone())?);
    }
    let mut seen = BTreeSet::new();
    for directive in suite.0.iter().flat_map(Entry::directives) {
        if !seen.insert(directive.at) {
            bail!("{}: two directives are on one line", directive.at);
        }
    }
    suite::write(&output.join(suite::FILE), serde_json::to_vec(&suite)?)
}

/// What a test is called: its file in the folder of its area.
fn name_of(file: &Path) -> Result<String> {
    let mut parts = file.iter().rev().map(|part| part.to_string_lossy());
    match (parts.next(), parts.next()) {
        (Some(name), Some(area)) => Ok(format!("{area}/{name}")),
        _ => bail!("{}: expected a file in a folder", file.display()),
    }
}

/// The entries of the file `name`, whose components are written below `output`.
pub fn of_file(name: &str, text: &str, output: &Path) -> Result<Vec<Entry>> {
    let buffer = wast::parser::ParseBuffer::new(text)?;
    let parsed = wast::parser::parse::<wast::Wast<'_>>(&buffer)?;
    let stem = name.trim_end_matches(".wast");
    let mut options = Opts::default();
    let wast = options.module_filename(stem).convert(name, text, parsed)?;
    for (file, bytes) in &wast.wasms {
        let file = output.join(file);
        fs::create_dir_all(file.parent().expect("it is in a folder"))?;
        suite::write(&file, bytes)?;
    }
    let mut reader = Reader {
        wast: &wast,
        entries: Vec::new(),
        definitions: HashMap::new(),
        instances: HashMap::new(),
    };
    for command in &wast.commands {
        let read = reader.command(command);
        read.with_context(|| format!("line {}", command.line()))?;
    }
    Ok(reader.entries)
}

struct Reader<'a> {
    wast: &'a Wast<'a>,
    entries: Vec<Entry>,
    /// The files of components, by the names of their definitions; the last one has none.
    definitions: HashMap<Option<&'a str>, &'a WasmFile<'a>>,
    /// The entries of instances, by their names; the last one has none.
    instances: HashMap<Option<&'a str>, usize>,
}

impl<'a> Reader<'a> {
    fn command(&mut self, command: &'a Command<'a>) -> Result<()> {
        let line = command.line();
        match command {
            Command::Module { name, file, .. } => self.instance(line, name.as_deref(), file)?,
            Command::ModuleDefinition { name, file, .. } => {
                self.open(line, file, Opening::Opens)?;
                self.definitions.insert(name.as_deref(), file);
                self.definitions.insert(None, file);
            }
            Command::ModuleInstance {
                instance, module, ..
            } => {
                let Some(file) = self.definitions.get(&module.as_deref()) else {
                    bail!("there is no such definition")
                };
                self.instance(line, instance.as_deref(), file)?;
            }
            Command::AssertInvalid { file, text, .. } => {
                self.open(line, file, Opening::Invalid(text.to_string()))?;
            }
            Command::AssertMalformed { file, text, .. } => {
                self.open(line, file, Opening::Malformed(text.to_string()))?;
            }
            Command::AssertUninstantiable { file, text, .. } => {
                self.open(line, file, Opening::Traps(text.to_string()))?;
            }
            Command::Action { action, .. } => {
                self.call(line, action, |_, _| Ok(Ends::ReturnsAny))?
            }
            Command::AssertTrap { action, text, .. } => {
                self.call(line, action, |_, _| Ok(Ends::Traps(text.to_string())))?;
            }
            Command::AssertReturn {
                action, expected, ..
            } => {
                self.call(line, action, |types, function| {
                    let result = types[function].result;
                    match (result, expected.as_slice()) {
                        (None, []) => Ok(Ends::Returns(Value::Null)),
                        (Some(ty), [Const::Component(value)]) => {
                            value::json(types, ty, value).map(Ends::Returns)
                        }
                        _ => bail!("{expected:?} is no result of the function"),
                    }
                })?;
            }
            _ => bail!("the directive is not known to this tool"),
        }
        Ok(())
    }

    fn instance(&mut self, line: u32, name: Option<&'a str>, file: &WasmFile<'_>) -> Result<()> {
        let number = self.open(line, file, Opening::Opens)?;
        self.instances.insert(name, number);
        self.instances.insert(None, number);
        Ok(())
    }

    /// Adds an entry. The result is its number.
    fn open(&mut self, line: u32, file: &WasmFile<'_>, opening: Opening) -> Result<usize> {
        let component = file.binary_filename.as_ref().unwrap_or(&file.filename);
        let bytes = self.bytes(component)?;
        let is_text = file.module_type == WasmFileType::Text && file.binary_filename.is_none();
        let (opening, needs) = match opening {
            _ if is_text => (opening, BTreeSet::from([TEXT.to_owned()])),
            Opening::Invalid(words) => {
                let (words, needs) = needs::to_refuse(bytes, &words);
                (Opening::Invalid(words), needs)
            }
            Opening::Malformed(words) => {
                let (words, needs) = needs::to_refuse(bytes, &words);
                (Opening::Malformed(words), needs)
            }
            Opening::Opens | Opening::Traps(_) => (opening, needs::to_open(bytes)?),
        };
        self.entries.push(Entry {
            at: self.at(line),
            imports: !is_text && imports(bytes),
            component: component.to_string(),
            opening,
            needs,
            calls: Vec::new(),
        });
        Ok(self.entries.len() - 1)
    }

    fn call(
        &mut self,
        line: u32,
        action: &Action<'_>,
        ends: impl FnOnce(TypesRef<'_>, ComponentFuncTypeId) -> Result<Ends>,
    ) -> Result<()> {
        let Action::Invoke {
            module,
            field,
            args,
        } = action
        else {
            bail!("a component has nothing to get")
        };
        let Some(&number) = self.instances.get(&module.as_deref()) else {
            bail!("there is no such instance")
        };
        let entry = &self.entries[number];
        let mut validator = Validator::new_with_features(needs::ALL);
        let validated = validator.validate_all(self.bytes(&entry.component)?)?;
        let types = validated.as_ref();
        let export = types.component_item_for_export(field);
        let Some(ComponentEntityType::Func(function)) = export.map(|item| item.ty) else {
            bail!("the component has no function {field}")
        };
        let params = types[function].params.iter();
        if params.len() != args.len() {
            bail!("{field} takes {} arguments", params.len());
        }
        let mut needs = entry.needs.clone();
        if needs::is_async(types, &types[function]) {
            needs.insert(ASYNC_FUNCTION.to_owned());
        }
        let args = params.zip(args).map(|((_, ty), arg)| match arg {
            Const::Component(value) => value::json(types, *ty, value),
            Const::Core(_) => bail!("{arg:?} is no component's value"),
        });
        let trapped = |call: &Call| matches!(call.ends, Ends::Traps(_));
        if entry.calls.iter().any(trapped) {
            needs.insert(TRAPPED.to_owned());
        }
        let call = Call {
            at: self.at(line),
            call: field.to_string(),
            args: args.collect::<Result<_>>()?,
            ends: ends(types, function)?,
            needs,
        };
        self.entries[number].calls.push(call);
        Ok(())
    }

    fn at(&self, line: u32) -> String {
        format!("{}:{line}", self.wast.source_filename)
    }

    fn bytes(&self, file: &str) -> Result<&'a [u8]> {
        let found = self.wast.wasms.iter().find(|(name, _)| name == file);
        let (_, bytes) = found.with_context(|| format!("there is no {file}"))?;
        Ok(bytes)
    }
}

/// Whether the component itself, and not only one in it, imports something.
fn imports(component: &[u8]) -> bool {
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component) {
        match payload {
            Ok(Payload::ComponentImportSection(_)) if depth == 0 => return true,
            Ok(Payload::ComponentSection { .. } | Payload::ModuleSection { .. }) => depth += 1,
            Ok(Payload::End(_)) => depth -= 1,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
    false
}
