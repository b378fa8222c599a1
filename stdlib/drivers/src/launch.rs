//! From what the source says to a process: where the program is, what it is given, and why a start failed.

use std::ffi::{CString, OsStr};
use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};
use rustix::io::Errno;
use serde_json::{Map, Value as Json};
use thiserror::Error;

use crate::arguments::Mismatch;
use crate::door::{Ask, Context, Value};
use crate::lease::TOKEN;
use crate::secret::Secret;
use crate::tree::MARKER;
use crate::words::span;

/// Where programs are looked for, before the machine's own directory.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The variables that tell a command where it is; a source cannot set them.
const OWN: [&str; 7] =
    ["MACHINE_NAME", "MACHINE_WATCHER_NAME", MARKER, TOKEN, "WATCHER_ARGS", "WATCHER_DATA", "WATCHER_FACTS"];

/// Where tracers look for the span that they go on from; a source may set another.
const TRACE: &str = "TRACEPARENT";

/// A command as the source has it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Command {
    /// A name to look for on the `PATH`, or a path that starts from the machine's directory.
    pub(crate) program: String,
    /// What follows the program's name.
    pub(crate) args: Vec<String>,
    /// What is added to the environment: strings and secrets.
    pub(crate) env: Vec<(String, Value)>,
    /// The arguments of a kind of a user's own, which are handed over as JSON.
    pub(crate) watcher_args: Option<Vec<(String, Value)>>,
    /// The working directory; it starts from the machine's.
    pub(crate) dir: String,
}

/// A command as the system takes it. Has secrets in it, so it cannot be shown.
pub(crate) struct Prepared {
    pub(crate) program: CString,
    pub(crate) argv: Vec<CString>,
    pub(crate) envp: Vec<CString>,
    pub(crate) dir: CString,
}

/// Why a command was not started.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum Unstartable {
    #[error(transparent)]
    Argument(#[from] Mismatch),
    #[error("`{0}` is set by the runtime; take it out of `env`")]
    OwnVariable(String),
    #[error("there is no secret `{name}`: {why}")]
    Secret { name: String, why: String },
    #[error("it cannot run as `{name}`: {why}")]
    User { name: String, why: String },
    #[error("`{0}` is no name for an environment variable")]
    VariableName(String),
    #[error("a NUL character in the {0}, which no program can be given")]
    Nul(&'static str),
    #[error("the run id is not 1 to 128 printable ASCII characters")]
    RunId,
    #[error("`{0}` is not there")]
    Absent(String),
    #[error("`{program}` is not there; arguments stand separately: `exec({apart})`")]
    OneText { program: String, apart: String },
    #[error("the program has no name")]
    Nameless,
    #[error("`{0}` is in none of the directories of its PATH")]
    NotOnPath(String),
    #[error("`{0}` is not executable; `chmod +x` makes it so")]
    NotExecutable(String),
    #[error("`{0}` is a directory, not a program")]
    Directory(String),
    #[error("the interpreter `{interpreter}` that `{program}` asks for is not there")]
    NoInterpreter { program: String, interpreter: String },
    #[error(
        "`{program}` has the line ends of Windows, so that it asks for `{interpreter}\\r`; save it with those of Unix"
    )]
    WindowsLines { program: String, interpreter: String },
    #[error("`{0}` is there, but the loader that it needs is not: it was built for another system")]
    NoLoader(String),
    #[error("`{0}` has an exec format error: it is no program for this system, nor a script that begins with `#!`")]
    Format(String),
    #[error("the arguments and the environment are longer than the system takes")]
    TooLong,
    #[error("`{0}` is being written to")]
    Busy(String),
    #[error("the directory `{0}` is not there")]
    NoDirectory(String),
    #[error("`{0}` is not a directory that can be entered")]
    NotEntered(String),
    #[error("its slot of the limit ran out before its turn came")]
    SlotOver,
    #[error("the system has no room for another process: {0}")]
    NoRoom(String),
    #[error("{0}")]
    Other(String),
}

impl Command {
    /// The command as it would be typed into a shell, so that it can be tried by hand.
    pub(crate) fn shown(&self) -> String {
        let words = [&self.program].into_iter().chain(&self.args);
        words.map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
    }

    /// Finds the program and puts together all that it is given.
    pub(crate) fn prepare(&self, ask: &Ask) -> Result<Prepared, Unstartable> {
        let context = &ask.context;
        check_run_id(&ask.run_id)?;
        let mut variables = self.environment(ask)?;
        variables.extend(ask.lease.as_ref().map(|it| (TOKEN.to_owned(), it.token().to_string().into_bytes())));
        let program = self.find(&context.dir, &variables)?;
        Ok(Prepared {
            program: c_string("program", program.as_os_str())?,
            argv: c_strings("arguments", [&self.program].into_iter().chain(&self.args).map(OsStr::new))?,
            envp: c_strings("environment", variables.iter().map(|(name, value)| assignment(name, value)))?,
            dir: c_string("directory", self.dir_in(context).as_os_str())?,
        })
    }

    /// Why the system refused to start it: what an error number alone does not say.
    pub(crate) fn explain(&self, errno: Errno, prepared: &Prepared, context: &Context) -> Unstartable {
        let program = || self.program.clone();
        if let Some(fault) = self.directory_fault(context) {
            return fault;
        }
        match errno {
            Errno::NOENT | Errno::NOTDIR => self.explain_absent(path_of(&prepared.program), context),
            Errno::ACCESS | Errno::PERM => self.explain_refused(path_of(&prepared.program)),
            Errno::NOEXEC => Unstartable::Format(program()),
            Errno::TOOBIG => Unstartable::TooLong,
            Errno::TXTBSY => Unstartable::Busy(program()),
            Errno::AGAIN | Errno::NOMEM | Errno::MFILE | Errno::NFILE => no_room(errno),
            other => Unstartable::Other(format!("`{}` cannot be started: {}", self.program, words(other))),
        }
    }

    /// What is set for every command, then what the source declares.
    fn environment(&self, ask: &Ask) -> Result<Vec<(String, Vec<u8>)>, Unstartable> {
        let context = &ask.context;
        let bytes = |path: &Path| path.as_os_str().as_bytes().to_vec();
        let mut path = PATH.as_bytes().to_vec();
        path.push(b':');
        path.extend(bytes(&context.dir));
        let mut variables = vec![
            ("PATH".to_owned(), path),
            ("LANG".to_owned(), b"C.UTF-8".to_vec()),
            ("MACHINE_NAME".to_owned(), context.machine.clone().into_bytes()),
            ("MACHINE_WATCHER_NAME".to_owned(), ask.watcher.as_bytes().to_vec()),
            (MARKER.to_owned(), ask.run_id.as_bytes().to_vec()),
            ("WATCHER_DATA".to_owned(), bytes(&context.data)),
            ("WATCHER_FACTS".to_owned(), bytes(&context.facts)),
        ];
        variables.extend(ask.trace.as_ref().map(|it| (TRACE.to_owned(), it.clone().into_bytes())));
        for (name, value) in &self.env {
            check_variable(name)?;
            variables.retain(|(other, _)| other != name);
            variables.push((name.clone(), bytes_of(value)?));
        }
        if let Some(args) = &self.watcher_args {
            let args = args.iter().map(|(name, it)| Ok((name.clone(), json_of(it)?)));
            let args: Map<_, _> = args.collect::<Result<_, Unstartable>>()?;
            variables.push(("WATCHER_ARGS".to_owned(), Json::Object(args).to_string().into_bytes()));
        }
        Ok(variables)
    }

    /// The file to run: a path starts from the machine's directory, a bare name is looked for.
    fn find(&self, base: &Path, variables: &[(String, Vec<u8>)]) -> Result<PathBuf, Unstartable> {
        if self.program.is_empty() {
            return Err(Unstartable::Nameless);
        }
        if self.program.contains('/') {
            return Ok(base.join(&self.program));
        }
        let path = variables.iter().find(|(name, _)| name == "PATH");
        let entries = path.map_or(&[][..], |(_, path)| path.as_slice()).split(|byte| *byte == b':');
        let dirs = entries.filter(|entry| !entry.is_empty()).map(|entry| base.join(OsStr::from_bytes(entry)));
        let mut files = dirs.map(|dir| dir.join(&self.program)).filter(|file| file.is_file()).peekable();
        let is_there = files.peek().is_some();
        match files.find(|file| access(file, Access::EXEC_OK).is_ok()) {
            Some(file) => Ok(file),
            None if is_there => Err(Unstartable::NotExecutable(self.program.clone())),
            None => {
                Err(self.as_one_text(base, variables).unwrap_or_else(|| Unstartable::NotOnPath(self.program.clone())))
            }
        }
    }

    /// `./off.sh room` as the program's name, where there is a `./off.sh`.
    fn as_one_text(&self, base: &Path, variables: &[(String, Vec<u8>)]) -> Option<Unstartable> {
        let (first, rest) = self.program.trim().split_once(char::is_whitespace)?;
        let first = Self { program: first.to_owned(), ..self.clone() };
        let is_there = first.find(base, variables).is_ok_and(|file| file.is_file());
        let mut words = vec![format!("\"{}\"", first.program)];
        if rest.contains(['"', '\'', '\\']) {
            words.push("…".to_owned());
        } else {
            words.extend(rest.split_whitespace().map(|word| format!("\"{word}\"")));
        }
        is_there.then(|| Unstartable::OneText { program: self.program.clone(), apart: words.join(", ") })
    }

    fn dir_in(&self, context: &Context) -> PathBuf {
        context.dir.join(&self.dir)
    }

    fn directory_fault(&self, context: &Context) -> Option<Unstartable> {
        let dir = self.dir_in(context);
        let shown = || dir.display().to_string();
        match fs::metadata(&dir) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(Unstartable::NoDirectory(shown())),
            Ok(entry) if entry.is_dir() && access(&dir, Access::EXEC_OK).is_ok() => None,
            _ => Some(Unstartable::NotEntered(shown())),
        }
    }

    fn explain_absent(&self, path: &Path, context: &Context) -> Unstartable {
        let program = self.program.clone();
        if fs::metadata(path).is_err() {
            return self.as_one_text(&context.dir, &[]).unwrap_or(Unstartable::Absent(program));
        }
        let Some(interpreter) = interpreter(path) else { return Unstartable::NoLoader(program) };
        match interpreter.strip_suffix('\r') {
            Some(plain) => Unstartable::WindowsLines { program, interpreter: plain.to_owned() },
            None => Unstartable::NoInterpreter { program, interpreter },
        }
    }

    fn explain_refused(&self, path: &Path) -> Unstartable {
        let program = self.program.clone();
        match fs::metadata(path) {
            Ok(entry) if entry.is_dir() => Unstartable::Directory(program),
            Ok(_) if access(path, Access::EXEC_OK).is_err() => Unstartable::NotExecutable(program),
            _ => Unstartable::Other(format!("`{program}` may not be run by this user")),
        }
    }
}

/// A string or a secret as it stands in the environment.
fn bytes_of(value: &Value) -> Result<Vec<u8>, Unstartable> {
    match value {
        Value::Str(text) => Ok(text.clone().into_bytes()),
        Value::Secret(secret) => text_of(secret).map(|it| it.as_bytes().to_vec()),
        _ => Ok(Vec::new()),
    }
}

/// An argument as JSON; durations as the source writes them.
fn json_of(value: &Value) -> Result<Json, Unstartable> {
    Ok(match value {
        Value::Bool(it) => (*it).into(),
        Value::Int(it) => (*it).into(),
        Value::Float(it) => (*it).into(),
        Value::Duration(it) => span(*it).into(),
        Value::Str(it) => it.as_str().into(),
        Value::List(items) => Json::Array(items.iter().map(json_of).collect::<Result<_, _>>()?),
        Value::Map(items) => {
            let members = items.iter().map(|(name, it)| Ok((name.clone(), json_of(it)?)));
            Json::Object(members.collect::<Result<_, Unstartable>>()?)
        }
        Value::Secret(it) => text_of(it)?.into(),
    })
}

/// The value of a secret, or that there is none.
fn text_of(secret: &Secret) -> Result<&str, Unstartable> {
    let missing = |why: &str| Unstartable::Secret { name: secret.name().to_owned(), why: why.to_owned() };
    secret.value().map_err(missing)
}

/// A word as it would be typed into a shell.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=,+@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The start failed for want of memory, processes or descriptors: nothing is wrong with the command.
pub(crate) fn no_room(errno: Errno) -> Unstartable {
    Unstartable::NoRoom(words(errno))
}

fn check_run_id(run_id: &str) -> Result<(), Unstartable> {
    let fits = (1..=128).contains(&run_id.len()) && run_id.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(()) } else { Err(Unstartable::RunId) }
}

fn check_variable(name: &str) -> Result<(), Unstartable> {
    if OWN.contains(&name) {
        return Err(Unstartable::OwnVariable(name.to_owned()));
    }
    if name.is_empty() || name.contains('=') {
        return Err(Unstartable::VariableName(name.to_owned()));
    }
    Ok(())
}

fn assignment(name: &str, value: &[u8]) -> std::ffi::OsString {
    let mut assignment = std::ffi::OsString::from(name);
    assignment.push("=");
    assignment.push(OsStr::from_bytes(value));
    assignment
}

/// The interpreter that a script's first line names, as the system reads it: with a carriage return, if it ends in one.
fn interpreter(script: &Path) -> Option<String> {
    let mut start = Vec::new();
    fs::File::open(script).ok()?.take(256).read_to_end(&mut start).ok()?;
    let line = start.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    let text = String::from_utf8_lossy(line);
    text.split([' ', '\t']).find(|it| !it.trim().is_empty()).map(str::to_owned)
}

fn words(errno: Errno) -> String {
    let text = std::io::Error::from(errno).to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}

fn path_of(text: &CString) -> &Path {
    Path::new(OsStr::from_bytes(text.to_bytes()))
}

fn c_string(what: &'static str, text: &OsStr) -> Result<CString, Unstartable> {
    CString::new(text.as_bytes()).map_err(|_| Unstartable::Nul(what))
}

fn c_strings<S: AsRef<OsStr>>(what: &'static str, texts: impl Iterator<Item = S>) -> Result<Vec<CString>, Unstartable> {
    texts.map(|text| c_string(what, text.as_ref())).collect()
}
