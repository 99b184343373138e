//! A container's standard streams: named pipes that its client reads and writes, and a
//! terminal between, if it has one.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use containerd_shim::api::CreateTaskRequest;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use rustix::termios::{Winsize, tcsetwinsize};
use serde::{Deserialize, Serialize};
use zygote::WireFd;

/// How long a client may take for the last output.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the container gets.
#[derive(Default, Serialize, Deserialize)]
pub struct Ends {
    pub stdin: Option<WireFd<File>>,
    pub stdout: Option<WireFd<File>>,
    pub stderr: Option<WireFd<File>>,
    /// Where it sends its terminal, instead of the three.
    pub console: Option<PathBuf>,
}

/// What the shim keeps.
#[derive(Default)]
pub struct Streams {
    /// Keeps standard input open between clients, until one closes it.
    stdin: Mutex<Option<File>>,
    terminal: Option<File>,
    /// Its other end goes with the terminal's last output.
    output: Mutex<Option<Receiver<()>>>,
}

/// Streams of a container that is being made.
pub struct Opened {
    streams: Streams,
    console: Option<Console>,
}

struct Console {
    listener: UnixListener,
    path: PathBuf,
    stdin: Option<File>,
    stdout: Option<File>,
}

impl Opened {
    /// Opens what a request names.
    ///
    /// # Errors
    /// The system's, if there can be no terminal.
    pub fn new(request: &CreateTaskRequest) -> io::Result<(Self, Ends)> {
        let (stdin, keeper) = open_stdin(&request.stdin).unzip();
        let streams = Streams {
            stdin: Mutex::new(keeper),
            ..Streams::default()
        };
        let stdout = open_output(&request.stdout);
        if request.terminal {
            let console = Console::new(stdin, stdout)?;
            let ends = Ends {
                console: Some(console.path.clone()),
                ..Ends::default()
            };
            let console = Some(console);
            return Ok((Self { streams, console }, ends));
        }
        let ends = Ends {
            stdin: stdin.map(WireFd::new),
            stdout: stdout.map(WireFd::new),
            stderr: open_output(&request.stderr).map(WireFd::new),
            console: None,
        };
        Ok((
            Self {
                streams,
                console: None,
            },
            ends,
        ))
    }

    /// Takes the terminal, if the container that was made has one.
    ///
    /// # Errors
    /// The system's, or that it has none.
    pub fn connect(mut self) -> io::Result<Streams> {
        let Some(mut console) = self.console.take() else {
            return Ok(self.streams);
        };
        let terminal = console.terminal()?;
        let (stdin, stdout) = (console.stdin.take(), console.stdout.take());
        if let Some(mut stdin) = stdin {
            let mut terminal = terminal.try_clone()?;
            thread::spawn(move || io::copy(&mut stdin, &mut terminal));
        }
        if let Some(mut stdout) = stdout {
            let mut terminal = terminal.try_clone()?;
            let (copied, output) = channel();
            thread::spawn(move || {
                // It fails when no process has the terminal open any more.
                let _ = io::copy(&mut terminal, &mut stdout);
                drop::<Sender<()>>(copied);
            });
            self.streams.output = Mutex::new(Some(output));
        }
        self.streams.terminal = Some(terminal);
        Ok(self.streams)
    }
}

impl Console {
    fn new(stdin: Option<File>, stdout: Option<File>) -> io::Result<Self> {
        // A socket's name is short: it is in the working directory, which has a long one.
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("terminal-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let listener = UnixListener::bind(&name)?;
        Ok(Self {
            listener,
            path: env::current_dir()?.join(name),
            stdin,
            stdout,
        })
    }

    /// The terminal that the container has sent.
    fn terminal(&self) -> io::Result<File> {
        let (stream, _) = self.listener.accept()?;
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut name = [0; 64];
        let name = &mut [IoSliceMut::new(&mut name)];
        recvmsg(&stream, name, &mut control, RecvFlags::CMSG_CLOEXEC)?;
        let sent: Option<OwnedFd> = control.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut files) => files.next(),
            _ => None,
        });
        sent.map(File::from)
            .ok_or_else(|| io::Error::other("the container has sent no terminal"))
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

impl Streams {
    /// Ends standard input, once its client has closed it, too.
    pub fn close_stdin(&self) {
        self.stdin.lock().expect("no panic").take();
    }

    /// Gives the terminal a size.
    ///
    /// # Errors
    /// The system's, or that there is no terminal.
    pub fn resize(&self, columns: u16, rows: u16) -> io::Result<()> {
        let none = || io::Error::other("the container has no terminal");
        let size = Winsize {
            ws_col: columns,
            ws_row: rows,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        Ok(tcsetwinsize(
            self.terminal.as_ref().ok_or_else(none)?,
            size,
        )?)
    }

    /// Waits until the output of a container that has ended is with its client.
    pub fn finish(&self) {
        self.close_stdin();
        if let Some(output) = self.output.lock().expect("no panic").take() {
            let _ = output.recv_timeout(PATIENCE);
        }
    }
}

/// The end of standard input that is read, and another that keeps it open. The shim has
/// both, and the guest only the first: it would wait for itself.
fn open_stdin(path: &str) -> Option<(File, File)> {
    // Each kind of opening waits for the other, but not for one that is both.
    let _both = open(path, true, true)?;
    Some((open(path, true, false)?, open(path, false, true)?))
}

/// One that is not only written: a client that is away, as a containerd that is started
/// again, is no reason to end.
fn open_output(path: &str) -> Option<File> {
    open(path, true, true)
}

fn open(path: &str, read: bool, write: bool) -> Option<File> {
    let path = (!path.is_empty()).then_some(Path::new(path))?;
    let mut options = OpenOptions::new();
    options.read(read).write(write).open(path).ok()
}
