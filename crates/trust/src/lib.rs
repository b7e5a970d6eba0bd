//! Who may speak for what: trust policy, TRQP, recognition, registry description.
