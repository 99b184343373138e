//! From the command line to a container that has ended.

use std::io::{ErrorKind, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use anyhost_manners::{units, variable};

use crate::archive::{Config, IMAGE};
use crate::client::succeed;
use crate::containerd::Containerd;
use crate::docker::Docker;
use crate::engine::{Engine, Image, Options};
use crate::signals::{Signals, name};
use crate::steps::Steps;
use crate::{Daemons, Failure, Fatal, TICK, system};

/// Docker's exit code for a container that it could not start.
const NOT_STARTED: u8 = 125;
/// When to try again to stop a container that is not there yet.
const AGAIN: Duration = Duration::from_millis(200);

/// The flags that the container hosts share.
#[derive(clap::Args, Clone, Debug)]
pub struct ContainerArgs {
    /// The image to run: a tar archive, as `docker save` or `oci_load` write it.
    #[arg(
        long,
        value_name = "TAR",
        overrides_with = "image",
        help_heading = "Image"
    )]
    pub image: PathBuf,

    /// The shim `containerd-shim-anyhost-v1`, by which containerd runs components.
    #[arg(
        long,
        value_name = "FILE",
        overrides_with = "shim",
        help_heading = "Daemons"
    )]
    pub shim: PathBuf,

    /// A Docker daemon that is there already, as DOCKER_HOST has it:
    /// unix:///run/docker.sock or tcp://HOST:PORT. It must know the shim.
    #[arg(
        long,
        value_name = "HOST",
        conflicts_with = "containerd",
        help_heading = "Daemons"
    )]
    pub docker: Option<String>,

    /// A containerd that is there already, by its socket, as
    /// /run/containerd/containerd.sock.
    #[arg(long, value_name = "ADDRESS", help_heading = "Daemons")]
    pub containerd: Option<String>,

    /// An environment variable for the container; repeat for more. The shim takes the
    /// guest's bounds from ANYHOST_FLAGS, as ANYHOST_FLAGS="--max-memory 32MiB".
    #[arg(long, value_name = "NAME=VALUE", value_parser = variable, help_heading = "Container")]
    pub env: Vec<(String, String)>,

    /// How long the container may take to end after SIGINT, SIGTERM or SIGHUP.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = units::duration, help_heading = "Container")]
    pub grace: Duration,

    /// Do not tell on stderr what is being done.
    #[arg(long, help_heading = "Log")]
    pub quiet: bool,
}

/// An engine with an image, and at most one container. Dropping it removes what was
/// made: container, image and daemons.
pub struct Session {
    engine: Box<dyn Engine>,
    grace: Duration,
    signals: Signals,
    steps: Steps,
    /// What was loaded.
    pub image: Image,
}

impl Session {
    /// Starts the daemons, or finds those that `args` name, and loads the image.
    ///
    /// # Errors
    /// One line for the user of `program`; so is a signal that stops it before the
    /// container runs.
    pub fn open(program: &str, args: &ContainerArgs) -> Result<Self, Failure> {
        let signals = Signals::new()?;
        let opened = Self::load(program, args, &signals);
        let Some(signal) = signals.came() else {
            return Ok(opened?);
        };
        let code = 128 + signal.as_raw();
        // Cleans up.
        drop(opened);
        Err(Failure {
            line: format!("stopped by SIG{} before the container ran", name(signal)),
            code: u8::try_from(code).unwrap_or(1),
        })
    }

    fn load(program: &str, args: &ContainerArgs, signals: &Signals) -> Result<Self, Fatal> {
        let steps = Steps::new(args.quiet);
        check(&args.image, IMAGE)?;
        check(&args.shim, "the shim containerd-shim-anyhost-v1")?;
        let config = Config::read(&args.image)?;
        let shim = args.shim.canonicalize().map_err(system)?;
        let container = format!("anyhost-{}", std::process::id());
        let mut engine: Box<dyn Engine> = match (&args.docker, &args.containerd) {
            (Some(host), _) => Box::new(Docker::at(host, container, &shim, signals)?),
            (_, Some(address)) => Box::new(Containerd::at(address, container, &shim, signals)?),
            _ if !rustix::process::geteuid().is_root() => {
                return Err(format!(
                    "{program} needs root for daemons of its own: type \
                     sudo ./bazel run //hosts:{program}, or name your daemon with --docker HOST"
                ));
            }
            _ => {
                steps.say("starting containerd and Docker, in namespaces of their own");
                Box::new(Docker::private(container, &shim, signals)?)
            }
        };
        steps.say("loading the image");
        let loaded = engine.load(&args.image, &config, signals);
        let name = loaded.inspect_err(|_| engine.clean_up())?;
        if signals.came().is_none() {
            steps.say(&format!("running {name}"));
        }
        Ok(Self {
            engine,
            grace: args.grace,
            signals: signals.clone(),
            steps,
            image: Image { name, config },
        })
    }

    /// The daemons, if they are ours.
    #[must_use]
    pub fn daemons(&self) -> Option<&Daemons> {
        self.engine.daemons()
    }

    /// The command that runs the container in the foreground: its standard streams are
    /// the container's. [`Session::wait`] takes it.
    #[must_use]
    pub fn command(&self, options: &Options) -> Command {
        self.engine.run(&self.image, options)
    }

    /// Whether SIGINT, SIGTERM or SIGHUP has come.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.signals.came().is_some()
    }

    /// Waits for the end of `client`, which runs the container; the result is the
    /// container's exit code. SIGINT, SIGTERM and SIGHUP are passed on to the container, which is
    /// killed when its time is over. `watch` is called again and again meanwhile.
    ///
    /// # Errors
    /// What `watch` says, or the system.
    pub fn wait(
        &self,
        mut client: Child,
        mut watch: impl FnMut() -> Result<(), Fatal>,
    ) -> Result<u8, Fatal> {
        let mut asked: Option<Instant> = None;
        let mut next = Instant::now();
        loop {
            if let Some(status) = client.try_wait().map_err(system)? {
                return Ok(self.code(status));
            }
            watch()?;
            if let Some(signal) = self.signals.came().filter(|_| next <= Instant::now()) {
                let signal = if asked.is_none() {
                    name(signal)
                } else {
                    "KILL"
                };
                let sent = succeed(&mut self.engine.signal(signal));
                if sent.is_ok() {
                    asked = Some(Instant::now());
                }
                // There may be no container yet.
                next = Instant::now() + if sent.is_ok() { self.grace } else { AGAIN };
            }
            thread::sleep(TICK);
        }
    }

    /// The container's exit code, by that of the client, which says by itself what is wrong.
    fn code(&self, status: ExitStatus) -> u8 {
        let code = status.code().or(status.signal().map(|signal| 128 + signal));
        let code = code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
        if code == NOT_STARTED
            && let Some(hint) = self.engine.hint()
        {
            let _ = writeln!(std::io::stderr(), "hint: {hint}");
        }
        code
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.steps.say("cleaning up");
        self.engine.clean_up();
    }
}

/// Checks that a path is one of a file, which should be `expected`.
fn check(path: &Path, expected: &str) -> Result<(), Fatal> {
    let reason = match path.metadata() {
        Ok(metadata) if metadata.is_file() => return Ok(()),
        Ok(_) => "not a file".to_owned(),
        Err(error) if error.kind() == ErrorKind::NotFound => "no such file".to_owned(),
        Err(error) => error.to_string(),
    };
    Err(format!("{}: {reason}; expected {expected}", path.display()))
}
