//! Messages of version 2, with the numbers that `io.containerd.cgroups.v2` gives them.

use prost::Message;

use super::at;
use crate::cgroup::Cgroup;

#[derive(Clone, PartialEq, Message)]
pub struct Metrics {
    #[prost(message, optional, tag = "1")]
    pub pids: Option<Pids>,
    #[prost(message, optional, tag = "2")]
    pub cpu: Option<Cpu>,
    #[prost(message, optional, tag = "4")]
    pub memory: Option<Memory>,
    #[prost(message, optional, tag = "6")]
    pub io: Option<Io>,
    #[prost(message, optional, tag = "8")]
    pub memory_events: Option<MemoryEvents>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Pids {
    #[prost(uint64, tag = "1")]
    pub current: u64,
    #[prost(uint64, tag = "2")]
    pub limit: u64,
}

#[derive(Clone, PartialEq, Message)]
pub struct Cpu {
    #[prost(uint64, tag = "1")]
    pub usage_usec: u64,
    #[prost(uint64, tag = "2")]
    pub user_usec: u64,
    #[prost(uint64, tag = "3")]
    pub system_usec: u64,
    #[prost(uint64, tag = "4")]
    pub nr_periods: u64,
    #[prost(uint64, tag = "5")]
    pub nr_throttled: u64,
    #[prost(uint64, tag = "6")]
    pub throttled_usec: u64,
}

#[derive(Clone, PartialEq, Message)]
pub struct Memory {
    #[prost(uint64, tag = "1")]
    pub anon: u64,
    #[prost(uint64, tag = "2")]
    pub file: u64,
    #[prost(uint64, tag = "3")]
    pub kernel_stack: u64,
    #[prost(uint64, tag = "4")]
    pub slab: u64,
    #[prost(uint64, tag = "5")]
    pub sock: u64,
    #[prost(uint64, tag = "6")]
    pub shmem: u64,
    #[prost(uint64, tag = "7")]
    pub file_mapped: u64,
    #[prost(uint64, tag = "8")]
    pub file_dirty: u64,
    #[prost(uint64, tag = "9")]
    pub file_writeback: u64,
    #[prost(uint64, tag = "11")]
    pub inactive_anon: u64,
    #[prost(uint64, tag = "12")]
    pub active_anon: u64,
    #[prost(uint64, tag = "13")]
    pub inactive_file: u64,
    #[prost(uint64, tag = "14")]
    pub active_file: u64,
    #[prost(uint64, tag = "15")]
    pub unevictable: u64,
    #[prost(uint64, tag = "18")]
    pub pgfault: u64,
    #[prost(uint64, tag = "19")]
    pub pgmajfault: u64,
    #[prost(uint64, tag = "32")]
    pub usage: u64,
    #[prost(uint64, tag = "33")]
    pub usage_limit: u64,
    #[prost(uint64, tag = "34")]
    pub swap_usage: u64,
    #[prost(uint64, tag = "35")]
    pub swap_limit: u64,
    #[prost(uint64, tag = "36")]
    pub max_usage: u64,
}

#[derive(Clone, PartialEq, Message)]
pub struct Io {
    #[prost(message, repeated, tag = "1")]
    pub usage: Vec<Device>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Device {
    #[prost(uint64, tag = "1")]
    pub major: u64,
    #[prost(uint64, tag = "2")]
    pub minor: u64,
    #[prost(uint64, tag = "3")]
    pub rbytes: u64,
    #[prost(uint64, tag = "4")]
    pub wbytes: u64,
    #[prost(uint64, tag = "5")]
    pub rios: u64,
    #[prost(uint64, tag = "6")]
    pub wios: u64,
}

#[derive(Clone, PartialEq, Message)]
pub struct MemoryEvents {
    #[prost(uint64, tag = "1")]
    pub low: u64,
    #[prost(uint64, tag = "2")]
    pub high: u64,
    #[prost(uint64, tag = "3")]
    pub max: u64,
    #[prost(uint64, tag = "4")]
    pub oom: u64,
    #[prost(uint64, tag = "5")]
    pub oom_kill: u64,
}

pub fn metrics(cgroup: &Cgroup) -> Metrics {
    let number = |file: &str| cgroup.number("", file);
    let cpu = cgroup.table("", "cpu.stat");
    let events = cgroup.table("", "memory.events");
    let io = cgroup.text("", "io.stat").unwrap_or_default();
    Metrics {
        pids: Some(Pids {
            current: number("pids.current").unwrap_or(0),
            limit: number("pids.max").unwrap_or(u64::MAX),
        }),
        cpu: Some(Cpu {
            usage_usec: at(&cpu, "usage_usec"),
            user_usec: at(&cpu, "user_usec"),
            system_usec: at(&cpu, "system_usec"),
            nr_periods: at(&cpu, "nr_periods"),
            nr_throttled: at(&cpu, "nr_throttled"),
            throttled_usec: at(&cpu, "throttled_usec"),
        }),
        memory: Some(memory(cgroup)),
        io: Some(Io {
            usage: io.lines().filter_map(device).collect(),
        }),
        memory_events: Some(MemoryEvents {
            low: at(&events, "low"),
            high: at(&events, "high"),
            max: at(&events, "max"),
            oom: at(&events, "oom"),
            oom_kill: at(&events, "oom_kill"),
        }),
    }
}

fn memory(cgroup: &Cgroup) -> Memory {
    let number = |file: &str| cgroup.number("", file);
    let table = cgroup.table("", "memory.stat");
    let at = |name| at(&table, name);
    Memory {
        anon: at("anon"),
        file: at("file"),
        kernel_stack: at("kernel_stack"),
        slab: at("slab"),
        sock: at("sock"),
        shmem: at("shmem"),
        file_mapped: at("file_mapped"),
        file_dirty: at("file_dirty"),
        file_writeback: at("file_writeback"),
        inactive_anon: at("inactive_anon"),
        active_anon: at("active_anon"),
        inactive_file: at("inactive_file"),
        active_file: at("active_file"),
        unevictable: at("unevictable"),
        pgfault: at("pgfault"),
        pgmajfault: at("pgmajfault"),
        usage: number("memory.current").unwrap_or(0),
        usage_limit: number("memory.max").unwrap_or(u64::MAX),
        swap_usage: number("memory.swap.current").unwrap_or(0),
        swap_limit: number("memory.swap.max").unwrap_or(u64::MAX),
        max_usage: number("memory.peak").unwrap_or(0),
    }
}

/// Reads a line as `8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0`.
fn device(line: &str) -> Option<Device> {
    let mut words = line.split_whitespace();
    let (major, minor) = words.next()?.split_once(':')?;
    let mut device = Device {
        major: major.parse().ok()?,
        minor: minor.parse().ok()?,
        ..Device::default()
    };
    for word in words {
        let (name, number) = word.split_once('=')?;
        let number = number.parse().ok()?;
        match name {
            "rbytes" => device.rbytes = number,
            "wbytes" => device.wbytes = number,
            "rios" => device.rios = number,
            "wios" => device.wios = number,
            _ => {}
        }
    }
    Some(device)
}
