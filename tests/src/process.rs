//! Programs started by a journey: with an environment of their own, their output kept line by line, and never outliving it.

use crate::environment;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// What a program may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(150);

/// A program about to be started. It inherits nothing but `PATH`.
#[derive(Clone, Debug)]
pub struct Launch {
    program: PathBuf,
    args: Vec<OsString>,
    env: BTreeMap<OsString, OsString>,
    folder: PathBuf,
    own_group: bool,
    input: Option<Vec<u8>>,
}

impl Launch {
    /// A program, started in `folder`, which is also its home.
    pub fn new(program: impl Into<PathBuf>, folder: &Path) -> Self {
        let mut env = BTreeMap::new();
        env.insert("PATH".into(), environment::path().into());
        env.insert("HOME".into(), folder.into());
        env.insert("LANG".into(), "C.UTF-8".into());
        env.insert("RUST_BACKTRACE".into(), "1".into());
        Self {
            program: program.into(),
            args: Vec::new(),
            env,
            folder: folder.to_path_buf(),
            own_group: false,
            input: None,
        }
    }

    /// The `yuti` under test.
    pub fn yuti(folder: &Path) -> Self {
        Self::new(environment::yuti(), folder)
    }

    /// Adds arguments.
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Sets a variable of the program's environment.
    pub fn env(mut self, key: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.insert(key.into(), value.into());
        self
    }

    /// Gives the program and its children a process group, so that [`Process::kill_group`] ends them all.
    pub fn own_group(mut self) -> Self {
        self.own_group = true;
        self
    }

    /// Gives it something to read on standard input; without it there is nothing to read.
    pub fn input(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.input = Some(text.into());
        self
    }

    /// Gives it a standard output that nobody reads any more, as `yuti … | head` does once head has enough.
    pub fn read_by_nobody(mut self) -> Self {
        // The reader is gone for sure before the program begins.
        let script = "exec 3> >(exec true); wait $!; exec \"$0\" \"$@\" >&3 3>&-";
        let words = ["-c".into(), script.into(), std::mem::replace(&mut self.program, "bash".into()).into()];
        self.args = words.into_iter().chain(self.args).collect();
        self
    }

    /// Starts it and lets it run.
    pub fn start(self) -> Process {
        let shown = self.to_string();
        let mut command = tokio::process::Command::new(&self.program);
        command
            .args(&self.args)
            .env_clear()
            .envs(&self.env)
            .current_dir(&self.folder)
            .stdin(if self.input.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if self.own_group {
            command.process_group(0);
        }
        let mut child = command.spawn().unwrap_or_else(|error| panic!("`{shown}` does not start: {error}"));
        if let (Some(input), Some(mut pipe)) = (self.input, child.stdin.take()) {
            // A program that ends without reading it is no failure of ours.
            tokio::spawn(async move { pipe.write_all(&input).await });
        }
        let said = Arc::new(Said::default());
        let readers = vec![
            listen(child.stdout.take().expect("stdout is piped"), Arc::clone(&said), Stream::Out),
            listen(child.stderr.take().expect("stderr is piped"), Arc::clone(&said), Stream::Err),
        ];
        let pid = child.id().expect("a program that was just started has an id");
        Process { shown, child, pid, said, readers, own_group: self.own_group }
    }

    /// Runs it to its end.
    pub async fn run(self) -> Output {
        self.start().finish().await
    }
}

impl std::fmt::Display for Launch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.program.file_name().unwrap_or_default().to_string_lossy())?;
        self.args.iter().try_for_each(|arg| write!(f, " {}", arg.to_string_lossy()))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    Out,
    Err,
}

/// Everything a program has said so far.
#[derive(Debug, Default)]
struct Said {
    lines: Mutex<Vec<(Stream, String)>>,
    more: Notify,
}

impl Said {
    fn all(&self) -> Vec<(Stream, String)> {
        self.lines.lock().expect("a reader never panics").clone()
    }

    fn of(&self, stream: Stream) -> String {
        self.all().into_iter().filter(|(s, _)| *s == stream).map(|(_, line)| line + "\n").collect()
    }

    /// The end of what was said, for the message of a failure.
    fn tail(&self) -> String {
        let all = self.all();
        let from = all.len().saturating_sub(60);
        all.into_iter().skip(from).map(|(_, line)| format!("    | {line}\n")).collect()
    }
}

fn listen(stream: impl AsyncRead + Unpin + Send + 'static, said: Arc<Said>, kind: Stream) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).await.unwrap_or(0) > 0 {
            let line = String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned();
            said.lines.lock().expect("a reader never panics").push((kind, line));
            said.more.notify_waiters();
            bytes.clear();
        }
        said.more.notify_waiters();
    })
}

/// A running program. It is killed when this is dropped.
#[derive(Debug)]
pub struct Process {
    shown: String,
    child: tokio::process::Child,
    pid: u32,
    said: Arc<Said>,
    readers: Vec<JoinHandle<()>>,
    own_group: bool,
}

impl Process {
    /// The process id.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// What it has written to standard output so far.
    pub fn stdout(&self) -> String {
        self.said.of(Stream::Out)
    }

    /// What it has written to standard error so far.
    pub fn stderr(&self) -> String {
        self.said.of(Stream::Err)
    }

    /// What it has written so far, both streams.
    pub fn said(&self) -> String {
        self.said.all().into_iter().map(|(_, line)| line + "\n").collect()
    }

    /// The last lines it said, for the message of a failure.
    pub fn tail(&self) -> String {
        self.said.tail()
    }

    /// Waits until it says a line for which `wanted` has an answer. A program that ends or hangs instead is a panic with what it said.
    pub async fn wait_for_line<T>(&mut self, what: &str, wanted: impl Fn(&str) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        let said = Arc::clone(&self.said);
        loop {
            let more = said.more.notified();
            tokio::pin!(more);
            // Registered before looking, so that a line said in between wakes us.
            more.as_mut().enable();
            let found = |said: &Said| said.all().iter().find_map(|(_, line)| wanted(line));
            if let Some(found) = found(&said) {
                return found;
            }
            if let Some(status) = self.child.try_wait().expect("a child can be asked") {
                self.heard_out().await;
                return found(&said).unwrap_or_else(|| {
                    panic!("`{}` ended ({status}) without {what}:\n{}", self.shown, self.tail())
                });
            }
            assert!(Instant::now() < deadline, "`{}` has not come to {what}:\n{}", self.shown, self.tail());
            let _ = tokio::time::timeout(Duration::from_millis(100), more).await;
        }
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().expect("a child can be asked").is_none()
    }

    /// Sends SIGTERM, as a service manager does.
    pub fn term(&self) {
        self.signal("TERM");
    }

    /// Sends SIGINT, as Ctrl-C does.
    pub fn interrupt(&self) {
        self.signal("INT");
    }

    /// Ends it at once, as a power cut would, and waits until it is gone.
    pub async fn kill9(mut self) -> Output {
        self.child.start_kill().expect("a running child can be killed");
        self.finish().await
    }

    /// Waits until it has ended by itself. A program that hangs is a panic with what it said.
    pub async fn finish(mut self) -> Output {
        let waited = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let status = waited
            .unwrap_or_else(|_| panic!("`{}` does not end:\n{}", self.shown, self.tail()))
            .expect("a child can be waited for");
        self.heard_out().await;
        Output { shown: self.shown.clone(), status, stdout: self.stdout(), stderr: self.stderr() }
    }

    async fn heard_out(&mut self) {
        for reader in self.readers.drain(..) {
            // A grandchild that keeps the pipe open must not hold us up.
            let _ = tokio::time::timeout(Duration::from_secs(2), reader).await;
        }
    }

    fn signal(&self, name: &str) {
        signal(name, &self.pid.to_string());
    }

    /// Kills it and all its children, and waits until it is gone. For use where nothing can be awaited.
    pub fn kill_group(&mut self) {
        if self.own_group {
            signal("KILL", &format!("-{}", self.pid));
        }
        let _ = self.child.start_kill();
        let deadline = Instant::now() + Duration::from_secs(5);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill_group();
    }
}

/// Through the shell's own `kill`, since sending a signal needs `unsafe` in Rust.
fn signal(name: &str, pid: &str) {
    let _ = std::process::Command::new("sh")
        .args(["-c", "kill -s \"$1\" -- \"$2\" 2>/dev/null", "sh", name, pid])
        .status()
        .expect("there is a shell");
}

/// What a program said and how it ended.
#[derive(Clone, Debug)]
pub struct Output {
    shown: String,
    /// How it ended.
    pub status: ExitStatus,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Output {
    /// The exit code; a program ended by a signal is a panic.
    #[track_caller]
    pub fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| panic!("`{}` was ended by a signal\n{}", self.shown, self.all()))
    }

    /// It ended with this exit code.
    #[track_caller]
    pub fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code(), code, "exit code of `{}`\n{}", self.shown, self.all());
        self
    }

    /// It ended well.
    #[track_caller]
    pub fn ok(&self) -> &Self {
        self.exits(0)
    }

    /// It said this, on either stream.
    #[track_caller]
    pub fn says(&self, words: &str) -> &Self {
        assert!(self.all().contains(words), "`{}` does not say {words:?}\n{}", self.shown, self.all());
        self
    }

    /// It did not say this, on either stream.
    #[track_caller]
    pub fn does_not_say(&self, words: &str) -> &Self {
        assert!(!self.all().contains(words), "`{}` says {words:?}\n{}", self.shown, self.all());
        self
    }

    /// Both streams, for a message.
    pub fn all(&self) -> String {
        format!("--- stdout\n{}--- stderr\n{}", self.stdout, self.stderr)
    }
}
