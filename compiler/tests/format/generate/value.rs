//! Values, operators, calls.

use super::{Generator, VALUES};

const OPERATORS: [&str; 9] = ["and", "or", "and", "or", "+", "-", "*", "/", "%"];
const COMPARISONS: [&str; 6] = ["==", "!=", "<=", ">", "in", "not  in"];

impl Generator {
    pub(super) fn call(&mut self) {
        let kind = self.random.of(&["exec", "file ", "`shell`"]);
        self.out.push_str(kind);
        self.list(["(", ")"], 6, Self::argument);
    }

    pub(super) fn argument(&mut self) {
        if self.random.one_in(3) {
            self.name();
            self.token(":");
        }
        self.value();
    }

    pub(super) fn value(&mut self) {
        match self.random.below(12) {
            0 => self.list(["[", "]"], 3, Self::value),
            1 => self.list(["{", "}"], 3, Self::entry),
            2..4 => return self.calculation(),
            _ => {
                let value = self.random.of(&VALUES);
                self.out.push_str(value);
            }
        }
        self.blank();
    }

    pub(super) fn entry(&mut self) {
        let key = self.random.of(&["TOKEN", "\"a b\"", "every", "`c`"]);
        self.token(key);
        self.token(":");
        self.value();
    }

    /// Operands with operators between them, no two comparisons in a row.
    pub(super) fn calculation(&mut self) {
        self.operand();
        let mut compares = false;
        for _ in 0..self.random.below(4) {
            let may_compare = !compares && self.random.one_in(2);
            let operator = if may_compare { self.random.of(&COMPARISONS) } else { self.random.of(&OPERATORS) };
            compares = !matches!(operator, "and" | "or") && (compares || COMPARISONS.contains(&operator));
            self.token(operator);
            if operator == "in" && self.random.one_in(2) {
                ["-1", "..", "worst"].into_iter().for_each(|it| self.token(it));
            } else {
                self.operand();
            }
        }
    }

    fn operand(&mut self) {
        while self.random.one_in(4) {
            let prefix = self.random.of(&["not", "-", "- "]);
            self.token(prefix);
        }
        match self.random.below(8) {
            0 => {
                self.token("(");
                self.value_in_parens();
                self.out.push(')');
            }
            1 => self.list(["max(", ")"], 3, Self::value),
            2 => self.out.push_str("a.co2.`of it`"),
            3 => self.list(["[", "]"], 2, Self::value),
            4 => self.out.push_str("-5"),
            5 => self.out.push_str("exit"),
            6 => self.list(["f (", ").x"], 2, Self::value),
            _ => self.out.push_str("worst"),
        }
        self.blank();
    }

    fn value_in_parens(&mut self) {
        if self.random.one_in(2) { self.token("1") } else { self.calculation() }
    }
}
