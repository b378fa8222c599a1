//! Stands in for the checks of types and calculations until they are there: literals and parameters only.

pub(super) mod declared {
    use crate::check::setting::Param;

    pub(in crate::check) struct Declared(pub(super) Vec<Param>);

    impl Declared {
        pub(in crate::check) fn of_params(params: &[Param]) -> Self {
            Self(params.to_vec())
        }
    }
}

pub(super) mod scope {
    use super::declared::Declared;

    #[derive(Clone, Copy)]
    pub(in crate::check) struct Scope<'a>(pub(super) &'a Declared);

    impl<'a> Scope<'a> {
        pub(in crate::check) fn constants(declared: &'a Declared) -> Self {
            Self(declared)
        }
    }
}

pub(super) mod types {
    use super::scope::Scope;
    use crate::ast::{self, TypeKind};
    use crate::check::report::Report;
    use crate::model::Type;

    #[derive(Clone, Copy)]
    pub(in crate::check) enum Use {
        Param,
    }

    pub(in crate::check) fn resolve(
        ty: &ast::Type<'_>,
        of: Use,
        scope: Scope<'_>,
        report: &mut Report<'_>,
    ) -> Option<Type> {
        Some(match &ty.kind {
            TypeKind::Named(it) if it.text == "duration" => Type::Duration,
            TypeKind::Named(it) if it.text == "int" => Type::INT,
            TypeKind::Named(it) if it.text == "bool" => Type::Bool,
            TypeKind::List { of: it, .. } => Type::List { of: Box::new(resolve(it, of, scope, report)?), max: 64 },
            TypeKind::IntIn { .. } => Type::INT,
            _ => Type::TEXT,
        })
    }
}

pub(super) mod expr {
    use super::scope::Scope;
    use crate::ast::{self, ExprKind as Ast};
    use crate::check::report::Report;
    use crate::diagnostic::Code;
    use crate::model::{Constant, Expr, ExprKind, Type};

    pub(in crate::check) fn expect(
        value: &ast::Expr<'_>,
        ty: &Type,
        slot: &str,
        scope: Scope<'_>,
        report: &mut Report<'_>,
    ) -> Option<Expr> {
        let constant = match (&value.kind, ty) {
            (Ast::Text(it), Type::Text { .. }) => Constant::Text(it.clone()),
            (Ast::Int(it), Type::Int { .. }) => Constant::Int(*it),
            (Ast::Bool(it), Type::Bool) => Constant::Bool(*it),
            (Ast::Duration(it), Type::Duration) => Constant::Duration(*it),
            (Ast::List(items), Type::List { of, .. }) => {
                let items = items.iter().map(|it| expect(it, of, slot, scope, report)?.constant().cloned());
                Constant::List(items.collect::<Option<_>>()?)
            }
            (Ast::Name(it), _) => scope.0.0.iter().find(|param| param.name == it.text)?.value.clone()?,
            _ => {
                let headline = format!("`{slot}` has to be {ty}");
                report.tell(Code::WRONG_TYPE, value.span, headline, |_, it| it);
                return None;
            }
        };
        Some(Expr { kind: ExprKind::Constant(constant), ty: ty.clone(), span: value.span })
    }
}
