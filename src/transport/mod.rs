//! The runner's only sockets: a hyper connection over rustls, stage by stage.
