//! The switch is judged where it is written down (E24).

use porchlight::gate::{mode, switch};

use crate::support::cluster;
use crate::support::place::Setup;

#[test]
fn e24_a_copy_of_the_database_that_only_reads_is_not_asked() {
    let setup = Setup::default().own_postgres().without_jobs();
    setup.run(async |place| {
        place.owner().await;
        let asked = async || {
            let mut conn = place.app.desk.get().await?;
            let now = place.app.clock.now();
            switch::standing(&place.app, &mut conn, now).await
        };
        asked().await.expect("the one that writes is asked");
        let own = place.postgres.as_ref().expect("its own");
        own.follow(true).await;
        // It would answer, and what it says may be old.
        let copy = cluster::connect(own.url()).await;
        let row = copy.query_one("SELECT pg_is_in_recovery()", &[]).await;
        assert!(row.expect("it answers").get::<_, bool>(0));
        for _ in 0..4 {
            assert!(asked().await.is_err(), "the copy was asked");
        }
        mode::forget(&place.app).await;
        let shown = place.stranger().get("/api/v2/instance").await;
        assert!(shown.status >= 500, "{}", shown.shown());
        // The one that writes is back: nothing has to be started anew.
        own.follow(false).await;
        let mut tries = 0;
        while let Err(error) = asked().await {
            tries += 1;
            assert!(tries < 20, "{error:?}");
        }
    });
}
