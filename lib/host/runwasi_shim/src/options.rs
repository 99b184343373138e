//! What a runtime's configuration says about the shim.

use containerd_shim::protos::protobuf::well_known_types::any::Any;
use prost::Message;
use serde::Deserialize;

/// `runtimeoptions.v1.Options`, in which containerd passes on a runtime's `options`.
#[derive(Clone, PartialEq, Message)]
struct RuntimeOptions {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(string, tag = "2")]
    config_path: String,
    #[prost(string, tag = "3")]
    config_body: String,
}

/// The options of `[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.<name>.options]`.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Options {
    /// Whether systemd makes the cgroups.
    #[serde(alias = "SystemdCgroup")]
    pub systemd_cgroup: bool,
}

impl Options {
    /// Reads what a CreateTask request has.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(any: Option<&Any>) -> Result<Self, String> {
        let Some(any) = any else {
            return Ok(Self::default());
        };
        if any.type_url != "runtimeoptions.v1.Options" {
            return Err(format!("unknown type of runtime options: {}", any.type_url));
        }
        let options = RuntimeOptions::decode(any.value.as_slice())
            .map_err(|error| format!("runtime options: {error}"))?;
        toml::from_str(&options.config_body).map_err(|error| {
            let reason = error.message();
            format!("runtime options: {reason}; expected SystemdCgroup = true or false")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Options, String> {
        let options = RuntimeOptions {
            config_body: body.to_owned(),
            ..RuntimeOptions::default()
        };
        Options::read(Some(&Any {
            type_url: "runtimeoptions.v1.Options".to_owned(),
            value: options.encode_to_vec(),
            ..Any::default()
        }))
    }

    #[test]
    fn systemd_makes_cgroups_if_it_is_told_to() {
        let systemd = |systemd_cgroup| Ok(Options { systemd_cgroup });
        assert_eq!(Options::read(None), systemd(false));
        assert_eq!(read(""), systemd(false));
        assert_eq!(read("SystemdCgroup = true"), systemd(true));
        assert!(read("SystemdCgroup = 1").is_err_and(|line| line.contains("true or false")));
        let other = Any {
            type_url: "containerd.runc.v1.Options".to_owned(),
            ..Any::default()
        };
        assert!(Options::read(Some(&other)).is_err());
    }
}
