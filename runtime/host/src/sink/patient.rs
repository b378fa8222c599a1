//! Standard output as the writing thread uses it: past the lock that `print!` takes, and patient.

use rustix::event::{PollFd, PollFlags, poll};
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;

/// Waits where the output says "not now": another process that shares the terminal may have set it so.
#[derive(Debug)]
pub(super) struct Patient(File);

impl Patient {
    /// Standard output. A thread that is stuck in writing to it does not hold up whoever prints.
    pub(super) fn stdout() -> io::Result<Self> {
        Self::new(&io::stdout())
    }

    fn new(output: &impl AsFd) -> io::Result<Self> {
        Ok(Patient(File::from(output.as_fd().try_clone_to_owned()?)))
    }
}

impl Write for Patient {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.0.write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => wait(&self.0)?,
                result => return result,
            }
        }
    }

    /// There is nothing in between to be flushed.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Until the output takes something, or tells that it never will.
fn wait(output: &File) -> io::Result<()> {
    match poll(&mut [PollFd::new(output, PollFlags::OUT)], None) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::{OFlags, fcntl_setfl};
    use std::io::{Read, pipe};

    #[test]
    fn an_output_that_does_not_block_is_waited_for() {
        let (mut reader, writer) = pipe().unwrap();
        fcntl_setfl(&writer, OFlags::NONBLOCK).unwrap();
        let mut patient = Patient::new(&writer).unwrap();
        drop(writer);
        let size = 1024 * 1024;
        let writing = std::thread::spawn(move || patient.write_all(&vec![b'x'; size]));
        let mut all = Vec::new();
        reader.read_to_end(&mut all).unwrap();
        writing.join().unwrap().unwrap();
        assert_eq!(all.len(), size);
    }
}
