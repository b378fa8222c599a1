//! Small machines of which each state asks on its own: nothing, once, or at a pace; with a timer, or without.

use super::*;

const NAMES: [&str; 3] = ["a", "b", "c"];

/// What a state does: how it asks, where its answers lead, and what its timer does; 0 to stay, or for none, else the number
/// of a state and 1.
#[derive(Clone, Copy, Debug)]
struct State {
    asks: usize,
    leads: [usize; 2],
    after: usize,
}

/// Three such states.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking([State; 3]);

impl Asking {
    pub(super) fn draw(random: &mut Random) -> Self {
        let mut one = |below: u64| (random.draw() % below) as usize;
        Self(std::array::from_fn(|_| State { asks: one(4), leads: [one(4), one(4)], after: one(4) }))
    }

    pub(super) fn source(self) -> String {
        let states: String = (0..3).map(|at| self.0[at].source(at)).collect();
        format!("machine m 1.0.0 {{\n    event go from operator\n    on go -> b\n{states}}}\n")
    }
}

impl State {
    fn source(self, at: usize) -> String {
        let goes = |to: usize| if to == 0 { "stay".to_owned() } else { format!("-> {} again", NAMES[to - 1]) };
        let (name, initial) = (NAMES[at], if at == 0 { "initial " } else { "" });
        let mut lines = String::new();
        if self.asks > 0 {
            let (word, pace) = [("run", ""), ("watch", " every 20s"), ("watch", " every 7s")][self.asks - 1];
            lines += &format!("        {word} w{name} = exec(\"./w.sh\"){pace}\n");
            lines += &format!("        on w{name}.ok {}\n", goes(self.leads[0]));
            lines += &format!("        on w{name}.failed {}\n", goes(self.leads[1]));
        }
        if self.after > 0 {
            lines += &format!("        after 25s {}\n", goes(self.after));
        }
        format!("    {initial}state {name} {{\n{lines}    }}\n")
    }
}
