//! The page an audit leaves for people: model, views and pictures.
