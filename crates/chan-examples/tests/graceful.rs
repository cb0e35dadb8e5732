//! Ctrl-C, really pressed: the program `graceful` is sent SIGINT. It gives up by itself after a minute, so nothing here
//! waits for ever.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

struct Running {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn start(args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_graceful"));
        let mut child = command.args(args).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Running { child, lines }
    }

    fn says(&mut self) -> String {
        self.lines.next().expect("it has ended").unwrap()
    }

    fn press_ctrl_c(&self) {
        kill_process(Pid::from_child(&self.child), Signal::INT).unwrap();
    }

    /// How many jobs it finished and accepted; it has ended by itself, in good order.
    fn ends(mut self) -> (u32, u32) {
        let last = self.says();
        let words: Vec<_> = last.split(' ').collect();
        let [_, finished, _, accepted] = words[..] else { panic!("{last}") };
        assert!(self.child.wait().unwrap().success());
        (finished.parse().unwrap(), accepted.parse().unwrap())
    }
}

const RUNTIMES: [&str; 3] = ["tokio", "smol", "async-std"];

#[test]
fn ctrl_c_ends_the_program_after_the_work_that_was_accepted() {
    for runtime in RUNTIMES {
        let mut program = Running::start(&["--runtime", runtime]);
        assert_eq!(program.says(), "ready");
        program.press_ctrl_c();
        assert!(program.says().starts_with("finishing"));
        let (finished, accepted) = program.ends();
        assert_eq!(finished, accepted, "{runtime}");
    }
}

#[test]
fn a_second_ctrl_c_leaves_at_once() {
    for runtime in RUNTIMES {
        let mut program = Running::start(&["--runtime", runtime, "--stuck"]);
        assert_eq!(program.says(), "ready");
        program.press_ctrl_c();
        assert!(program.says().starts_with("finishing"));
        program.press_ctrl_c();
        let (finished, _accepted) = program.ends();
        assert_eq!(finished, 0, "{runtime}");
    }
}

#[test]
fn without_ctrl_c_it_works_until_its_limit() {
    let mut program = Running::start(&["--limit", "0"]);
    assert_eq!(program.says(), "ready");
    assert!(!program.child.wait().unwrap().success());
}
