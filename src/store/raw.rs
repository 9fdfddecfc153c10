//! SQL written by hand, cached by the connection.
//!
//! diesel's `sql_query` is parsed and planned anew at each call; this is not. Each `?`
//! takes the next bind. A parameter that is needed twice goes into a first CTE
//! (`WITH p AS (SELECT ?::bigint AS viewer)`); so no `?` may stand for anything else.

use std::marker::PhantomData;

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::HasSqlType;

/// A statement with its binds. `Row` is the SQL type of a result row, a tuple such as
/// `(BigInt, Nullable<Text>)`; `()` for statements that return nothing.
pub struct Raw<Row> {
    sql: &'static str,
    binds: Vec<Box<dyn Bind + Send>>,
    row: PhantomData<fn() -> Row>,
}

/// `sql` must be a constant: its text is the cache key.
pub fn raw<Row>(sql: &'static str) -> Raw<Row> {
    Raw {
        sql,
        binds: Vec::new(),
        row: PhantomData,
    }
}

impl<Row> Raw<Row> {
    /// The value of the next `?`, as SQL type `Ty`.
    pub fn bind<Ty, Value>(mut self, value: Value) -> Raw<Row>
    where
        Ty: Send + 'static,
        Pg: HasSqlType<Ty>,
        Value: ToSql<Ty, Pg> + Send + 'static,
    {
        self.binds
            .push(Box::new(Bound::<Ty, Value>(value, PhantomData)));
        self
    }
}

trait Bind {
    fn push<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()>;
}

struct Bound<Ty, Value>(Value, PhantomData<fn() -> Ty>);

impl<Ty, Value> Bind for Bound<Ty, Value>
where
    Pg: HasSqlType<Ty>,
    Value: ToSql<Ty, Pg>,
{
    fn push<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<Ty, Value>(&self.0)
    }
}

impl<Row> QueryFragment<Pg> for Raw<Row> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut binds = self.binds.iter();
        for (index, piece) in self.sql.split('?').enumerate() {
            if index > 0 {
                let bind = binds.next().ok_or_else(|| {
                    diesel::result::Error::QueryBuilderError(
                        format!("fewer binds than places in: {}", self.sql).into(),
                    )
                })?;
                bind.push(out.reborrow())?;
            }
            out.push_sql(piece);
        }
        if binds.next().is_some() {
            return Err(diesel::result::Error::QueryBuilderError(
                format!("more binds than places in: {}", self.sql).into(),
            ));
        }
        Ok(())
    }
}

impl<Row> QueryId for Raw<Row> {
    type QueryId = ();
    // The text is the key: diesel then caches by SQL and bind types.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Row> Query for Raw<Row> {
    type SqlType = Row;
}
