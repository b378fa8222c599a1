//! The guardian in two crates that make a machine of declarations when a program is compiled.

// What their macros make.
#![allow(missing_docs, clippy::all, unused)]

use crate::contenders::{Contender, End};
use crate::machine::{Counters, Event, State};
use std::hint::black_box;

/// In `statig`: a function a state.
pub(crate) struct Statig<'s> {
    stream: &'s [Event],
    machine: statig::blocking::StateMachine<by_statig::Guardian>,
}

impl<'s> Statig<'s> {
    pub(crate) fn new(stream: &'s [Event]) -> Self {
        use statig::prelude::IntoStateMachineExt;
        let mut machine = by_statig::Guardian::default().state_machine();
        machine.init();
        Self { stream, machine }
    }
}

impl Contender for Statig<'_> {
    fn name(&self) -> &'static str {
        "statig"
    }

    fn run(&mut self, passes: usize) -> End {
        let before = self.machine.inner().taken;
        for _ in 0..passes {
            for event in black_box(self.stream) {
                self.machine.handle(event);
            }
        }
        let guardian = self.machine.inner();
        let (counters, taken) = (guardian.counters, guardian.taken - before);
        End { state: by_statig::number(self.machine.state()) as u16, counters, taken }
    }
}

/// In `smlang`: a line a transition.
pub(crate) struct Smlang {
    events: Vec<by_smlang::Events>,
    machine: by_smlang::StateMachine<by_smlang::Context>,
}

impl Smlang {
    pub(crate) fn new(stream: &[Event]) -> Self {
        let machine = by_smlang::StateMachine::new(by_smlang::Context::default());
        Self { events: stream.iter().map(|it| by_smlang::event(*it)).collect(), machine }
    }
}

impl Contender for Smlang {
    fn name(&self) -> &'static str {
        "smlang"
    }

    fn run(&mut self, passes: usize) -> End {
        let mut taken = 0;
        for _ in 0..passes {
            for event in black_box(&self.events[..]) {
                taken += u64::from(self.machine.process_event(*event).is_ok());
            }
        }
        let counters = self.machine.context().counters;
        End { state: by_smlang::number(self.machine.state()) as u16, counters, taken }
    }
}

mod by_statig {
    use super::{Counters, Event};
    use statig::prelude::*;

    #[derive(Default)]
    pub(super) struct Guardian {
        pub(super) counters: Counters,
        pub(super) taken: u64,
    }

    #[state_machine(initial = "State::unknown()", state(name = "State"))]
    impl Guardian {
        fn go(&mut self, to: State) -> Outcome<State> {
            self.taken += 1;
            Transition(to)
        }

        #[state]
        fn unknown(&mut self, event: &Event) -> Outcome<State> {
            match event {
                Event::Timer => self.go(State::checking()),
                Event::MaintOn => self.go(State::maintenance()),
                _ => Handled,
            }
        }

        #[state]
        fn checking(&mut self, event: &Event) -> Outcome<State> {
            match event {
                Event::CheckOk => {
                    self.counters = Counters::default();
                    self.go(State::healthy())
                }
                Event::CheckWarn => self.go(State::degraded()),
                Event::CheckFail => {
                    self.counters.failures += 1;
                    self.go(State::failing())
                }
                _ => Handled,
            }
        }

        #[state]
        fn healthy(&mut self, event: &Event) -> Outcome<State> {
            match event {
                Event::Timer => self.go(State::checking()),
                Event::CheckWarn => self.go(State::degraded()),
                Event::CheckFail => {
                    self.counters.failures += 1;
                    self.go(State::failing())
                }
                Event::MaintOn => self.go(State::draining()),
                Event::Stop => self.go(State::stopped()),
                _ => Handled,
            }
        }

        #[state]
        fn degraded(&mut self, event: &Event) -> Outcome<State> {
            match event {
                Event::CheckOk => {
                    self.counters = Counters::default();
                    self.go(State::healthy())
                }
                Event::CheckFail => {
                    self.counters.failures += 1;
                    self.go(State::failing())
                }
                Event::Timer if self.counters.failures >= 3 => self.go(State::failing()),
                _ => Handled,
            }
        }

        #[state]
        fn failing(&mut self, event: &Event) -> Outcome<State> {
            match event {
                Event::CheckOk => self.go(State::verifying()),
                Event::CheckFail if self.counters.failures >= 3 && self.counters.restarts < 5 => {
                    self.counters.restarts += 1;
                    self.go(State::restarting())
                }
                Event::CheckFail if self.counters.restarts >= 5 => self.go(State::escalated()),
                Event::CheckFail => {
                    self.counters.failures += 1;
                    self.go(State::failing())
                }
                _ => Handled,
            }
        }

        #[state]
        fn restarting(&mut self, event: &Event) -> Outcome<State> {
            match event {
                Event::RestartOk => self.go(State::verifying()),
                Event::RestartFail if self.counters.restarts < 5 => {
                    self.counters.restarts += 1;
                    self.go(State::backoff())
                }
                Event::RestartFail => self.go(State::escalated()),
                Event::Timer => self.go(State::backoff()),
                _ => Handled,
            }
        }

        #[state]
        fn verifying(&mut self, event: &Event) -> Outcome<State> {
            match event {
                Event::CheckOk => {
                    self.counters = Counters::default();
                    self.go(State::healthy())
                }
                Event::CheckFail => {
                    self.counters.failures += 1;
                    self.go(State::failing())
                }
                Event::Timer => self.go(State::degraded()),
                _ => Handled,
            }
        }

        #[state]
        fn backoff(&mut self, event: &Event) -> Outcome<State> {
            match event {
                Event::Timer if self.counters.restarts < 5 => {
                    self.counters.restarts += 1;
                    self.go(State::restarting())
                }
                Event::Timer => self.go(State::escalated()),
                _ => Handled,
            }
        }

        #[state]
        fn draining(&mut self, event: &Event) -> Outcome<State> {
            match event {
                Event::Drained => self.go(State::maintenance()),
                _ => Handled,
            }
        }

        #[state]
        fn maintenance(&mut self, event: &Event) -> Outcome<State> {
            match event {
                Event::MaintOff => {
                    self.counters = Counters::default();
                    self.go(State::checking())
                }
                _ => Handled,
            }
        }

        #[state]
        fn escalated(&mut self, event: &Event) -> Outcome<State> {
            match event {
                Event::OperatorReset => {
                    self.counters = Counters::default();
                    self.go(State::unknown())
                }
                _ => Handled,
            }
        }

        #[state]
        fn stopped(&mut self, event: &Event) -> Outcome<State> {
            match event {
                Event::Start => {
                    self.counters = Counters::default();
                    self.go(State::unknown())
                }
                _ => Handled,
            }
        }
    }

    pub(super) fn number(state: &State) -> super::State {
        match state {
            State::Unknown {} => super::State::Unknown,
            State::Checking {} => super::State::Checking,
            State::Healthy {} => super::State::Healthy,
            State::Degraded {} => super::State::Degraded,
            State::Failing {} => super::State::Failing,
            State::Restarting {} => super::State::Restarting,
            State::Verifying {} => super::State::Verifying,
            State::Backoff {} => super::State::Backoff,
            State::Draining {} => super::State::Draining,
            State::Maintenance {} => super::State::Maintenance,
            State::Escalated {} => super::State::Escalated,
            State::Stopped {} => super::State::Stopped,
        }
    }
}

mod by_smlang {
    use super::{Counters, Event};
    use smlang::statemachine;

    statemachine! {
        derive_events: [Clone, Copy],
        transitions: {
            *Unknown + Timer = Checking,
            Unknown + MaintOn = Maintenance,
            Checking + CheckOk / reset = Healthy,
            Checking + CheckWarn = Degraded,
            Checking + CheckFail / inc_fail = Failing,
            Healthy + Timer = Checking,
            Healthy + CheckWarn = Degraded,
            Healthy + CheckFail / inc_fail = Failing,
            Degraded + CheckOk / reset = Healthy,
            Degraded + CheckFail / inc_fail = Failing,
            Degraded + Timer [f3] = Failing,
            Failing + CheckOk = Verifying,
            Failing + CheckFail [f3r] / inc_restart = Restarting,
            Failing + CheckFail [r5] = Escalated,
            Failing + CheckFail / inc_fail = Failing,
            Restarting + RestartOk = Verifying,
            Restarting + RestartFail [rlt5] / inc_restart = Backoff,
            Restarting + RestartFail = Escalated,
            Restarting + Timer = Backoff,
            Backoff + Timer [rlt5] / inc_restart = Restarting,
            Backoff + Timer = Escalated,
            Verifying + CheckOk / reset = Healthy,
            Verifying + CheckFail / inc_fail = Failing,
            Verifying + Timer = Degraded,
            Healthy + MaintOn = Draining,
            Draining + Drained = Maintenance,
            Maintenance + MaintOff / reset = Checking,
            Escalated + OperatorReset / reset = Unknown,
            Healthy + Stop = Stopped,
            Stopped + Start / reset = Unknown,
        }
    }

    #[derive(Default)]
    pub(crate) struct Context {
        pub(super) counters: Counters,
    }

    impl StateMachineContext for Context {
        fn f3(&self) -> Result<bool, ()> {
            Ok(self.counters.failures >= 3)
        }

        fn f3r(&self) -> Result<bool, ()> {
            Ok(self.counters.failures >= 3 && self.counters.restarts < 5)
        }

        fn r5(&self) -> Result<bool, ()> {
            Ok(self.counters.restarts >= 5)
        }

        fn rlt5(&self) -> Result<bool, ()> {
            Ok(self.counters.restarts < 5)
        }

        fn inc_fail(&mut self) -> Result<(), ()> {
            self.counters.failures += 1;
            Ok(())
        }

        fn inc_restart(&mut self) -> Result<(), ()> {
            self.counters.restarts += 1;
            Ok(())
        }

        fn reset(&mut self) -> Result<(), ()> {
            self.counters = Counters::default();
            Ok(())
        }
    }

    pub(super) fn event(it: Event) -> Events {
        match it {
            Event::CheckOk => Events::CheckOk,
            Event::CheckFail => Events::CheckFail,
            Event::CheckWarn => Events::CheckWarn,
            Event::RestartOk => Events::RestartOk,
            Event::RestartFail => Events::RestartFail,
            Event::Timer => Events::Timer,
            Event::MaintOn => Events::MaintOn,
            Event::MaintOff => Events::MaintOff,
            Event::Drained => Events::Drained,
            Event::OperatorReset => Events::OperatorReset,
            Event::Stop => Events::Stop,
            Event::Start => Events::Start,
        }
    }

    pub(super) fn number(state: &States) -> super::State {
        match state {
            States::Unknown => super::State::Unknown,
            States::Checking => super::State::Checking,
            States::Healthy => super::State::Healthy,
            States::Degraded => super::State::Degraded,
            States::Failing => super::State::Failing,
            States::Restarting => super::State::Restarting,
            States::Verifying => super::State::Verifying,
            States::Backoff => super::State::Backoff,
            States::Draining => super::State::Draining,
            States::Maintenance => super::State::Maintenance,
            States::Escalated => super::State::Escalated,
            States::Stopped => super::State::Stopped,
        }
    }
}
