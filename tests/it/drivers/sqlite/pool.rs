//! Who has which connection, and for how long.

use std::sync::Arc;
use std::time::Instant;

use kysera::driver::{ConnectOptions, Driver, SqliteMode};
use tokio::time::{sleep, timeout};

use super::{Conversation, File, MODES, connect, millis};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_is_one_connection_for_all_tasks() {
    for mode in MODES {
        let options = ConnectOptions::new("sqlite::memory:").idle_timeout(millis(1)).sqlite_mode(mode);
        let db = Arc::new(connect(options).await);
        db.acquire().await.unwrap().run("create table t (n integer)").await.unwrap();
        let tasks = (0..50).map(|task| {
            let db = Arc::clone(&db);
            tokio::spawn(async move {
                for _ in 0..20 {
                    let mut connection = if task % 2 == 0 { db.acquire() } else { db.acquire_reader() }.await.unwrap();
                    connection.begin(&Default::default()).await.unwrap();
                    connection.run("insert into t values (1)").await.unwrap();
                    connection.commit().await.unwrap();
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        // The memory outlives the idle timeout.
        sleep(millis(50)).await;
        let status = db.status();
        assert_eq!((status.size, status.idle, status.max), (1, 1, 1));
        assert_eq!(db.acquire().await.unwrap().number("select count(*) from t").await.unwrap(), 1_000);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_and_readers_of_a_file_share_it() {
    for mode in MODES {
        let file = File::new();
        let db = Arc::new(connect(file.options().max_connections(4).sqlite_mode(mode)).await);
        db.acquire().await.unwrap().run("create table t (n integer)").await.unwrap();
        let tasks = (0..20).map(|task| {
            let db = Arc::clone(&db);
            tokio::spawn(async move {
                for _ in 0..20 {
                    if task % 2 == 0 {
                        db.acquire().await.unwrap().run("insert into t values (1)").await.unwrap();
                    } else {
                        db.acquire_reader().await.unwrap().number("select count(*) from t").await.unwrap();
                    }
                    assert!(db.status().size <= 4);
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert_eq!(db.acquire_reader().await.unwrap().number("select count(*) from t").await.unwrap(), 200);
    }
}

#[tokio::test]
async fn who_waits_too_long_is_told_and_turns_are_kept() {
    for mode in MODES {
        let options = ConnectOptions::new("sqlite::memory:").acquire_timeout(millis(50)).sqlite_mode(mode);
        let db = connect(options).await;
        let connection = db.acquire().await.unwrap();
        let since = Instant::now();
        let error = db.acquire().await.map(drop).unwrap_err();
        assert!(error.is_pool_timeout(), "{error}");
        assert!((millis(45)..millis(1_000)).contains(&since.elapsed()));

        // Three wait; they get it in the order in which they came.
        let turns = std::sync::Mutex::new(Vec::new());
        let wait = async |turn: i32| {
            let connection = db.acquire().await.unwrap();
            turns.lock().unwrap().push(turn);
            drop(connection);
        };
        tokio::join!(wait(1), wait(2), wait(3), async { drop(connection) });
        assert_eq!(*turns.lock().unwrap(), [1, 2, 3]);
    }
}

#[tokio::test]
async fn an_acquire_that_is_dropped_takes_nothing() {
    let file = File::new();
    let db = connect(file.options().max_connections(2).acquire_timeout(millis(1_000))).await;
    for round in 0..100 {
        let writer = db.acquire().await.unwrap();
        let _ = timeout(std::time::Duration::from_micros(round), db.acquire()).await;
        let _ = timeout(std::time::Duration::from_micros(round), db.acquire_reader()).await;
        drop(writer);
    }
    let _writer = db.acquire().await.unwrap();
    let _reader = db.acquire_reader().await.unwrap();
    assert_eq!(db.status().size, 2);
}

#[tokio::test]
async fn idle_readers_are_closed() {
    for mode in MODES {
        let file = File::new();
        let options = file.options().max_connections(4).idle_timeout(millis(50)).sqlite_mode(mode);
        let db = connect(options).await;
        let readers = [db.acquire_reader().await.unwrap(), db.acquire_reader().await.unwrap()];
        assert_eq!(db.status().size, 3);
        // In use for longer than the timeout, which is about being idle.
        sleep(millis(150)).await;
        assert_eq!(db.status().size, 3);
        drop(readers);
        sleep(millis(200)).await;
        if mode == SqliteMode::Inline {
            // Nobody's thread looks after them, so the next one who comes does.
            drop(db.acquire().await.unwrap());
        }
        let status = db.status();
        assert_eq!((status.size, status.idle), (1, 1), "{mode:?}");
        db.acquire_reader().await.unwrap().number("select 1").await.unwrap();
    }
}

#[tokio::test]
async fn closing_waits_and_leaves_one_file() {
    for mode in MODES {
        let file = File::new();
        let db = Arc::new(connect(file.options().sqlite_mode(mode)).await);
        let mut writer = db.acquire().await.unwrap();
        writer.run("create table t (n integer)").await.unwrap();
        drop(db.acquire_reader().await.unwrap());
        let closing = tokio::spawn({
            let db = Arc::clone(&db);
            async move { db.close().await }
        });
        sleep(millis(20)).await;
        assert!(!closing.is_finished());
        assert!(db.acquire().await.map(drop).unwrap_err().is_closed());
        assert!(db.acquire_reader().await.map(drop).unwrap_err().is_closed());
        writer.run("insert into t values (1)").await.unwrap();
        drop(writer);
        closing.await.unwrap().unwrap();
        db.close().await.unwrap();
        assert_eq!(db.status().size, 0);
        let log = format!("{}-wal", file.url().trim_start_matches("sqlite:"));
        assert!(!std::fs::exists(log).unwrap());
        let db = connect(file.options()).await;
        assert_eq!(db.acquire().await.unwrap().number("select n from t").await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_file_that_is_only_read() {
    let file = File::new();
    let writing = connect(file.options()).await;
    writing.acquire().await.unwrap().run("create table t (n integer)").await.unwrap();
    for mode in MODES {
        let options = ConnectOptions::new(format!("{}?mode=ro", file.url())).max_connections(2).sqlite_mode(mode);
        let db = connect(options).await;
        let (mut a, mut b) = (db.acquire().await.unwrap(), db.acquire_reader().await.unwrap());
        a.begin(&Default::default()).await.unwrap();
        assert_eq!(a.number("select count(*) from t").await.unwrap(), 0);
        assert_eq!(a.run("insert into t values (1)").await.unwrap_err().as_database().unwrap().code(), "8");
        a.commit().await.unwrap();
        assert_eq!(b.number("select count(*) from t").await.unwrap(), 0);
        assert_eq!(db.status().max, 2);
    }
}

/// Both switch a new file to WAL, which SQLite does for one at a time and does not wait.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_open_a_new_file_at_once() {
    let file = File::new();
    let tasks = (0..8).map(|_| tokio::spawn(connect(file.options()))).collect::<Vec<_>>();
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_temporary_is_gone_with_its_user() {
    const LEFT: &str = "create temp table users (n integer); create temp table \"a \"\" b\" (n integer);
        create temp table parent (id integer primary key autoincrement);
        create temp table child (id integer references parent (id)); insert into parent values (1);
        insert into child values (1); create temp view seen as select * from users;
        create temp trigger watch after insert on main.users begin delete from main.users; end;
        create virtual table temp.words using fts5(word); create index temp.sorted on users (n)";
    for mode in MODES {
        let file = File::new();
        for options in [file.options().max_connections(2), ConnectOptions::new("sqlite::memory:")] {
            let db = connect(options.sqlite_mode(mode)).await;
            let mut writer = db.acquire().await.unwrap();
            writer.run("create table users (n integer)").await.unwrap();
            writer.batch(LEFT).await.unwrap();
            drop(writer);
            let mut writer = db.acquire().await.unwrap();
            assert_eq!(db.status().size, 1, "the connection is used again");
            writer.run("insert into users values (1)").await.unwrap();
            assert_eq!(writer.number("select count(*) from main.users").await.unwrap(), 1);
            let left = "select count(*) from temp.sqlite_schema where name not glob 'sqlite_*'";
            assert_eq!(writer.number(left).await.unwrap(), 1, "the driver's own");
            assert_eq!(writer.number("pragma foreign_keys").await.unwrap(), 1);
            drop(writer);
            db.acquire_reader().await.unwrap().batch("create temp table users (n integer)").await.unwrap();
            assert_eq!(db.acquire_reader().await.unwrap().number("select count(*) from users").await.unwrap(), 1);
        }
    }
}
