//! A program run on the bytes of one file, with bounds on its time, its memory and what it says.
//!
//! The only place where a reader starts a process, a thread or a clock. Whatever the program does, it ends here.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often it is looked whether the program has ended.
const POLL: Duration = Duration::from_millis(3);
/// How much of what the program complains of is kept.
const MAX_COMPLAINT_BYTES: u64 = 4096;

/// How much more processor time than time a program is allowed, so that it is always the clock that ends it.
const GRACE_SECONDS: u64 = 5;

/// What a program may use up.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub seconds: u64,
    /// Memory, as the address space of the process; only unix shells bound it.
    pub bytes: u64,
    /// The most bytes of output that are taken.
    pub output_bytes: u64,
}

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    /// What it wrote to standard output, as far as it came.
    pub output: Vec<u8>,
    /// What it wrote to standard error, the beginning.
    pub complaint: String,
    /// `None` when it was ended after the time allowed, or because the work is given up.
    pub status: Option<ExitStatus>,
    /// Whether it had more to say than is taken.
    pub is_cut: bool,
}

/// Runs a program with the bytes as its standard input, until it ends or `stop` is set.
///
/// # Errors
///
/// When it cannot be started.
pub fn run(
    program: &Path,
    arguments: &[&str],
    input: &[u8],
    limits: Limits,
    stop: &AtomicBool,
) -> std::io::Result<Ended> {
    let mut child = bounded(program, limits)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let deadline = Instant::now() + Duration::from_secs(limits.seconds);
    std::thread::scope(|scope| {
        // A program that does not read to the end closes the pipe; that is its own affair.
        scope.spawn(move || stdin.map(|mut pipe| pipe.write_all(input)));
        let output = scope.spawn(move || stdout.map(|pipe| take(pipe, limits.output_bytes + 1)));
        let complaint = scope.spawn(move || stderr.map(|pipe| take(pipe, MAX_COMPLAINT_BYTES)));
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break Some(status);
            }
            if Instant::now() >= deadline || stop.load(Ordering::Relaxed) {
                child.kill()?;
                child.wait()?;
                break None;
            }
            std::thread::sleep(POLL);
        };
        let mut output = output.join().ok().flatten().unwrap_or_default();
        let complaint = complaint.join().ok().flatten().unwrap_or_default();
        let is_cut = output.len() as u64 > limits.output_bytes;
        output.truncate(usize::try_from(limits.output_bytes).unwrap_or(usize::MAX));
        Ok(Ended { output, complaint: String::from_utf8_lossy(&complaint).into_owned(), status, is_cut })
    })
}

/// What a pipe gives, at most so many bytes; then it is closed.
fn take(pipe: impl Read, max_bytes: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = pipe.take(max_bytes).read_to_end(&mut bytes);
    bytes
}

/// The command with its memory and its time bounded by the shell that starts it and then becomes it. The bound on time
/// is for a program that is left alone, because the run that started it was killed.
#[cfg(unix)]
fn bounded(program: &Path, limits: Limits) -> Command {
    let mut command = Command::new("sh");
    let kilobytes = limits.bytes.div_ceil(1024);
    // Where the shell cannot bound memory (macOS) the program runs without that bound.
    let script = format!(
        "ulimit -c 0; ulimit -t {} 2>/dev/null; ulimit -v {kilobytes} 2>/dev/null; exec \"$0\" \"$@\"",
        limits.seconds.saturating_add(GRACE_SECONDS)
    );
    command.args(["-c", &script]).arg(program);
    command
}

#[cfg(not(unix))]
fn bounded(program: &Path, _limits: Limits) -> Command {
    Command::new(program)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { seconds: 20, bytes: 1 << 30, output_bytes: 1 << 20 };

    fn shell(script: &str, input: &[u8], limits: Limits) -> Ended {
        run(Path::new("sh"), &["-c", script], input, limits, &AtomicBool::new(false)).unwrap()
    }

    #[test]
    fn a_program_ends_when_the_work_is_given_up() {
        let stop = AtomicBool::new(true);
        let ended = run(Path::new("sh"), &["-c", "exec sleep 600"], b"", LIMITS, &stop).unwrap();
        assert_eq!(ended.status, None);
    }

    #[test]
    fn a_program_left_alone_ends_by_itself() {
        // The limit is set on the process: the shell tells it.
        let ended = shell("ulimit -t", b"", Limits { seconds: 7, ..LIMITS });
        assert_eq!(ended.output, b"12\n");
    }

    #[test]
    fn input_goes_in_and_output_comes_out() {
        let input = "报告\n".repeat(100_000);
        let ended =
            shell("cat; echo trouble >&2; exit 3", input.as_bytes(), Limits { output_bytes: 1 << 30, ..LIMITS });
        assert_eq!(ended.output, input.as_bytes());
        assert_eq!(ended.complaint, "trouble\n");
        assert_eq!(ended.status.and_then(|status| status.code()), Some(3));
        assert!(!ended.is_cut);
    }

    #[test]
    fn a_program_that_hangs_is_stopped() {
        let ended = shell("echo begun; exec sleep 600", b"", Limits { seconds: 1, ..LIMITS });
        assert_eq!(ended.output, b"begun\n");
        assert_eq!(ended.status, None);
    }

    #[test]
    fn a_program_that_says_too_much_is_cut() {
        let ended = shell("exec yes", b"", Limits { output_bytes: 10, ..LIMITS });
        assert_eq!(ended.output, b"y\ny\ny\ny\ny\n");
        assert!(ended.is_cut);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_program_gets_no_more_memory_than_allowed() {
        let script = "x=$(head -c 300000000 /dev/zero | tr '\\0' a); echo ${#x}";
        assert_eq!(shell(script, b"", LIMITS).output, b"300000000\n");
        assert_eq!(shell(script, b"", Limits { bytes: 200 << 20, ..LIMITS }).output, b"");
    }
}
