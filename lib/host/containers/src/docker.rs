//! Docker, by its own client.

use std::fs::File;
use std::path::Path;
use std::process::Command;

use crate::archive::{Config, bad_image};
use crate::client::{ask, quietly, succeed};
use crate::engine::{Engine, Image, Options, RUNTIME};
use crate::signals::Signals;
use crate::{Daemons, Fatal, Which};

/// A Docker daemon.
pub struct Docker {
    host: String,
    container: String,
    /// The shim, for somebody who has to install it.
    shim: String,
    /// Our own daemon, which takes everything along when it ends.
    private: Option<Daemons>,
    /// The images that were not there before us.
    loaded: Vec<String>,
}

impl Docker {
    /// Starts a daemon of our own.
    ///
    /// # Errors
    /// See [`Daemons::start`].
    pub fn private(container: String, shim: &Path, signals: &Signals) -> Result<Self, Fatal> {
        let daemons = Daemons::start_unless(Which::Docker, shim, || signals.came().is_some())?;
        Ok(Self {
            host: daemons.docker_host(),
            container,
            shim: String::new(),
            private: Some(daemons),
            loaded: Vec::new(),
        })
    }

    /// The user's daemon at `host`, as `DOCKER_HOST` has it.
    ///
    /// # Errors
    /// One line for the user: nobody answers there, or the daemon cannot run components.
    pub fn at(
        host: &str,
        container: String,
        shim: &Path,
        signals: &Signals,
    ) -> Result<Self, Fatal> {
        let docker = Self {
            host: host.to_owned(),
            container,
            shim: shim.display().to_string(),
            private: None,
            loaded: Vec::new(),
        };
        let error = |line| format!("--docker {host}: {line}");
        let mut info = docker.command();
        info.args(["info", "--format", "{{json .DriverStatus}}"]);
        let status = ask(&mut info, signals).map_err(error)?;
        if !status.contains("io.containerd.snapshotter") {
            return Err(error(
                "keeps images where no component can be run from: add \
                 {\"features\": {\"containerd-snapshotter\": true}} to its daemon.json and restart it"
                    .to_owned(),
            ));
        }
        Ok(docker)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("/usr/bin/docker");
        if self.private.is_some() {
            // The user's settings are for the user's daemon.
            command.env_clear();
        }
        command.env("DOCKER_HOST", &self.host);
        command
    }

    /// The names and IDs of all images.
    fn images(&self) -> Result<String, Fatal> {
        let format = "{{.Repository}}:{{.Tag}} {{.ID}}";
        let list = ["image", "ls", "--no-trunc", "--format", format];
        succeed(self.command().args(list))
    }
}

impl Engine for Docker {
    fn load(&mut self, tar: &Path, config: &Config, signals: &Signals) -> Result<String, Fatal> {
        let error = |reason| bad_image(tar, reason);
        let file = File::open(tar).map_err(|e| bad_image(tar, e))?;
        let before = self.images()?;
        let is_new = |name: &&str| {
            let short = name.trim_start_matches("docker.io/");
            let short = short.trim_start_matches("library/");
            !before.split_whitespace().any(|word| word == short)
        };
        let mut load = self.command();
        load.arg("load").stdin(file);
        let said = ask(&mut load, signals).map_err(|line| {
            // It may have come so far.
            let names = config.names.iter().map(String::as_str);
            self.loaded = names.filter(is_new).map(str::to_owned).collect();
            error(line)
        })?;
        // One without a name is called by its ID.
        let name = said
            .lines()
            .filter_map(|line| line.strip_prefix("Loaded image"))
            .find_map(|rest| rest.strip_prefix(": ").or(rest.strip_prefix(" ID: ")))
            .ok_or_else(|| error("no image in it".to_owned()))?;
        self.loaded = [name]
            .into_iter()
            .filter(is_new)
            .map(str::to_owned)
            .collect();
        Ok(name.to_owned())
    }

    fn run(&self, image: &Image, options: &Options) -> Command {
        let mut command = self.command();
        command.args(["run", "--rm", "--interactive", "--name", &self.container]);
        command.args(["--runtime", RUNTIME, "--platform", &image.config.platform]);
        for (name, value) in &options.env {
            command.arg("--env").arg(format!("{name}={value}"));
        }
        for address in &options.publish {
            command.arg("--publish").arg(format!("{address}:8080"));
        }
        command.arg(&image.name);
        if image.config.entrypoint.is_empty() {
            // Docker wants a command; the component is called by its image's name then.
            command.arg(&image.name);
        }
        command.args(&options.args);
        command
    }

    fn signal(&self, signal: &str) -> Command {
        let mut command = self.command();
        command.args(["kill", "--signal", signal, &self.container]);
        command
    }

    fn clean_up(&mut self) {
        if self.private.is_some() {
            return;
        }
        let quietly = |args: &[&str]| quietly(self.command().args(args));
        quietly(&["rm", "--force", &self.container]);
        for image in &self.loaded {
            quietly(&["image", "rm", image]);
        }
    }

    fn hint(&self) -> Option<String> {
        self.private.is_none().then(|| {
            format!(
                "Docker finds the shim where its containerd has its PATH: \
                 sudo install {} /usr/local/bin/",
                self.shim
            )
        })
    }

    fn daemons(&self) -> Option<&Daemons> {
        self.private.as_ref()
    }
}
