//! A port outside that leads to one inside of a network namespace.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::AsFd;
use std::sync::mpsc;
use std::thread;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::{Fatal, system};

/// Forwards until it is dropped.
pub struct Forward(Option<oneshot::Sender<()>>);

impl Forward {
    /// Accepts on `listeners`, which were made outside, and connects to `to` from a thread that has moved into `network`.
    pub(crate) fn start(
        listeners: Vec<TcpListener>,
        network: File,
        to: SocketAddr,
    ) -> Result<Self, Fatal> {
        let (stop, stopped) = oneshot::channel();
        let (ready, is_ready) = mpsc::channel();
        let enter = move || {
            move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network))?;
            for listener in &listeners {
                listener.set_nonblocking(true)?;
            }
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map(|runtime| (runtime, listeners))
        };
        thread::spawn(move || {
            let (runtime, listeners) = match enter() {
                Ok(entered) => entered,
                Err(error) => return ready.send(Err(error)),
            };
            ready.send(Ok(()))?;
            runtime.block_on(async {
                let mut serving = JoinSet::new();
                for listener in listeners {
                    serving.spawn(serve(listener, to));
                }
                // The end of the runtime is that of all that runs in it.
                let _ = stopped.await;
            });
            Ok(())
        });
        match is_ready.recv() {
            Ok(Ok(())) => Ok(Self(Some(stop))),
            Ok(Err(error)) => Err(system(error)),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl Drop for Forward {
    fn drop(&mut self) {
        if let Some(stop) = self.0.take() {
            let _ = stop.send(());
        }
    }
}

async fn serve(listener: TcpListener, to: SocketAddr) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    loop {
        let Ok((mut outside, _)) = listener.accept().await else {
            // No descriptors, say: others may end soon.
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            continue;
        };
        tokio::spawn(async move {
            // A side that breaks ends the other, as if there were nothing between.
            if let Ok(mut inside) = TcpStream::connect(to).await {
                let _ = (outside.set_nodelay(true), inside.set_nodelay(true));
                let _ = copy_bidirectional(&mut outside, &mut inside).await;
            }
        });
    }
}
