//! Schedules, leases and queues, with several processes on one database.

use attestry::app::{App, LEASE_MS, Schedules, SourceConfig};
use attestry::base::{ErrorKind, UnixMillis};
use attestry::store::{Finish, NewRun, RunRow, RunState, Trigger};

use super::support::{START, TestApp, cyclonedx, with_app, with_app_of};

const MINUTE_MS: i64 = 60_000;

/// Only what the test declares is scheduled.
async fn with_quiet_app(body: impl AsyncFnOnce(&TestApp)) {
    let never = Schedules {
        matching: String::new(),
        evaluate: String::new(),
        score: String::new(),
        checkpoint: String::new(),
    };
    with_app_of(|config| config.schedule = never, body).await;
}

/// Declares a source that reads a folder with one inventory, hourly.
async fn hourly(app: &TestApp, name: &str) -> String {
    let path = app.data.path().join("inbox").join(name);
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join("bom.json"), cyclonedx(name, 2)).unwrap();
    let source = SourceConfig {
        name: name.to_owned(),
        source_type: "directory".to_owned(),
        path,
        asset: Some(name.to_owned()),
        schedule: Some("0 * * * *".to_owned()),
        ..SourceConfig::default()
    };
    app.declare_source(&source).await.unwrap()
}

async fn newest(app: &App) -> RunRow {
    app.runs(1).await.unwrap().remove(0)
}

fn collection(source: &str, due_at: UnixMillis) -> NewRun {
    NewRun {
        job: "collect".to_owned(),
        source_id: Some(source.to_owned()),
        schedule_id: None,
        trigger: Trigger::Now,
        due_at,
        missed: 0,
        request: String::new(),
    }
}

#[tokio::test]
async fn nothing_fires_before_it_is_due() {
    with_quiet_app(async |app| {
        hourly(app, "shop").await;
        assert_eq!(app.next_due().await.unwrap(), Some(START.plus_millis(30 * MINUTE_MS)));

        app.clock.advance(29 * MINUTE_MS);

        assert_eq!(app.fire_due().await.unwrap(), 0);
        assert!(!app.work_once().await.unwrap());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_due_schedule_fires_once_however_many_processes_tick() {
    with_quiet_app(async |app| {
        hourly(app, "shop").await;
        let others = [app.another().await, app.another().await];
        for hour in 1..=5 {
            app.clock.advance(60 * MINUTE_MS);

            let fired = tokio::join!(app.fire_due(), others[0].fire_due(), others[1].fire_due());
            let fired = fired.0.unwrap() + fired.1.unwrap() + fired.2.unwrap();
            assert_eq!(fired, 1, "hour {hour}");

            let worked = tokio::join!(app.work_once(), others[0].work_once(), others[1].work_once());
            let worked = [worked.0.unwrap(), worked.1.unwrap(), worked.2.unwrap()];
            assert_eq!(worked.iter().filter(|w| **w).count(), 1, "hour {hour}");
        }
        let runs = app.runs(100).await.unwrap();
        assert_eq!(runs.len(), 5);
        assert!(
            runs.iter().all(|r| r.state == RunState::Done && r.trigger == Trigger::Schedule && r.missed == 0)
        );
        let sums = runs.iter().fold((0, 0), |sum, r| (sum.0 + r.accepted, sum.1 + r.duplicates));
        assert_eq!(sums, (1, 4), "the first brings the inventory, the others see it again");
    })
    .await;
}

#[tokio::test]
async fn missed_firings_are_one_catch_up_run_that_counts_them() {
    with_quiet_app(async |app| {
        hourly(app, "shop").await;
        // 14:45: the firings of 10:00 to 14:00 are due, and one run stands for all five.
        app.clock.advance(5 * 60 * MINUTE_MS + 15 * MINUTE_MS);

        assert_eq!(app.fire_due().await.unwrap(), 1);
        assert_eq!(app.fire_due().await.unwrap(), 0);
        assert!(app.work_once().await.unwrap());

        let run = newest(app).await;
        assert_eq!((run.trigger, run.missed, run.state), (Trigger::CatchUp, 4, RunState::Done));
        assert_eq!(run.due_at, START.plus_millis(30 * MINUTE_MS));
        assert_eq!(app.next_due().await.unwrap(), Some(START.plus_millis(330 * MINUTE_MS)), "15:00 is next");
    })
    .await;
}

#[tokio::test]
async fn a_restart_neither_loses_nor_repeats_a_firing() {
    with_quiet_app(async |app| {
        let id = hourly(app, "shop").await;
        app.clock.advance(31 * MINUTE_MS);

        let restarted = app.another().await;
        assert_eq!(hourly(app, "shop").await, id, "declaring a source again keeps it");

        assert_eq!(restarted.fire_due().await.unwrap(), 1);
        assert_eq!(app.fire_due().await.unwrap(), 0);
        assert!(app.work_once().await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn run_now_wakes_the_scheduler_and_is_carried_out() {
    with_quiet_app(async |app| {
        hourly(app, "shop").await;

        let id = app.run_now("shop").await.unwrap();

        app.woken().await;
        assert!(app.work_once().await.unwrap());
        let run = newest(app).await;
        assert_eq!((run.id, run.trigger, run.state, run.accepted), (id, Trigger::Now, RunState::Done, 1));
        assert_eq!(app.run_now("bakery").await.unwrap_err().kind, ErrorKind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn the_recurring_jobs_match_evaluate_score_and_sign() {
    with_app(async |app| {
        app.clock.advance(24 * 60 * MINUTE_MS);

        assert_eq!(app.fire_due().await.unwrap(), 4);
        while app.work_once().await.unwrap() {}

        let runs = app.runs(100).await.unwrap();
        let mut jobs: Vec<&str> = runs.iter().map(|r| r.job.as_str()).collect();
        jobs.sort_unstable();
        assert_eq!(jobs, ["checkpoint", "evaluate", "match", "score"]);
        assert!(runs.iter().all(|r| r.state == RunState::Done), "{runs:#?}");
        let store = app.store().await;
        assert!(store.evaluation_newest(app.now()).await.unwrap().is_some());
        assert!(store.checkpoint_newest(app.now()).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_run_whose_lease_ran_out_is_abandoned_and_its_late_end_refused() {
    with_quiet_app(async |app| {
        let store = app.store().await;
        store.run_enqueue(&collection(&hourly(app, "shop").await, app.now())).await.unwrap();
        let lease = app.now().plus_millis(LEASE_MS);
        let held = store.run_claim("elsewhere/1", app.now(), lease).await.unwrap().unwrap();

        app.clock.advance(LEASE_MS - 1);
        assert_eq!(app.reap().await.unwrap(), 0, "the lease still stands");
        assert!(store.run_renew(&held, app.now().plus_millis(LEASE_MS)).await.unwrap());
        app.clock.advance(LEASE_MS + 1);
        assert_eq!(app.reap().await.unwrap(), 1);

        assert_eq!(newest(app).await.state, RunState::Abandoned);
        assert!(
            !store.run_renew(&held, app.now().plus_millis(LEASE_MS)).await.unwrap(),
            "a lost lease stays lost"
        );
        let end = Finish { accepted: 7, ..Finish::default() };
        assert!(!store.run_finish(&held, &end, app.now()).await.unwrap());
        let run = newest(app).await;
        assert_eq!((run.state, run.accepted), (RunState::Abandoned, 0));
    })
    .await;
}

#[tokio::test]
async fn a_process_that_was_given_up_learns_it_when_it_ends() {
    with_quiet_app(async |app| {
        let held = app.run_here("import", None).await.unwrap();
        app.clock.advance(LEASE_MS + 1);
        app.reap().await.unwrap();

        let error = held.finish(&Finish::default()).await.unwrap_err();

        assert_eq!(error.kind, ErrorKind::Conflict);
        assert_eq!(newest(app).await.state, RunState::Abandoned);
    })
    .await;
}

#[tokio::test]
async fn the_run_of_a_dead_process_of_this_machine_is_abandoned_at_the_next_start() {
    with_quiet_app(async |app| {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let dead = format!("{}/4194305", host.trim());
        let store = app.store().await;
        let lease = app.now().plus_millis(LEASE_MS);
        store.run_start(&collection(&hourly(app, "shop").await, app.now()), &dead, lease).await.unwrap();

        let _restarted = app.another().await;

        assert_eq!(newest(app).await.state, RunState::Abandoned);
    })
    .await;
}

#[tokio::test]
async fn a_failing_source_is_a_failed_run_that_says_why() {
    with_quiet_app(async |app| {
        hourly(app, "shop").await;
        std::fs::remove_dir_all(app.data.path().join("inbox/shop")).unwrap();
        app.clock.advance(31 * MINUTE_MS);
        app.fire_due().await.unwrap();

        assert!(app.work_once().await.unwrap(), "a source that fails is an outcome, not an error");

        let run = newest(app).await;
        assert_eq!(run.state, RunState::Failed);
        assert!(run.detail.contains("inbox/shop"), "{}", run.detail);
        let facts = app.facts(app.now()).await.unwrap();
        let source = facts.subjects.iter().find(|s| s.id == "shop" && s.fields.contains_key("last_outcome"));
        assert!(format!("{:?}", source.unwrap().fields["last_outcome"]).contains("failed"));
    })
    .await;
}

#[tokio::test]
async fn an_unknown_job_fails_and_does_not_stop_the_others() {
    with_quiet_app(async |app| {
        let store = app.store().await;
        let unknown = NewRun { job: "juggle".to_owned(), source_id: None, ..collection("", app.now()) };
        store.run_enqueue(&unknown).await.unwrap();
        hourly(app, "shop").await;
        app.run_now("shop").await.unwrap();

        while app.work_once().await.unwrap() {}

        let runs = app.runs(10).await.unwrap();
        let state = |job: &str| runs.iter().find(|r| r.job == job).unwrap().state;
        assert_eq!((state("juggle"), state("collect")), (RunState::Failed, RunState::Done));
    })
    .await;
}

#[tokio::test]
async fn one_source_is_collected_by_one_run_at_a_time() {
    with_quiet_app(async |app| {
        let store = app.store().await;
        let (shop, bakery) = (hourly(app, "shop").await, hourly(app, "bakery").await);
        for source in [&shop, &shop, &bakery] {
            store.run_enqueue(&collection(source, app.now())).await.unwrap();
        }
        let (now, lease) = (app.now(), app.now().plus_millis(LEASE_MS));
        let first = store.run_claim("elsewhere/1", now, lease).await.unwrap().unwrap();
        let second = store.run_claim("elsewhere/2", now, lease).await.unwrap().unwrap();
        assert_ne!(first.source_id, second.source_id);

        assert!(store.run_claim("elsewhere/3", now, lease).await.unwrap().is_none());
        for held in [&first, &second] {
            assert!(store.run_finish(held, &Finish::default(), now).await.unwrap());
        }
        let third = store.run_claim("elsewhere/3", now, lease).await.unwrap().unwrap();

        assert_eq!(third.source_id, Some(shop));
        assert!(store.run_finish(&third, &Finish::default(), now).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_command_does_not_collect_what_the_service_collects_right_now() {
    with_quiet_app(async |app| {
        let store = app.store().await;
        let shop = hourly(app, "shop").await;
        hourly(app, "bakery").await;
        store.run_enqueue(&collection(&shop, app.now())).await.unwrap();
        let lease = app.now().plus_millis(LEASE_MS);
        let held = store.run_claim("elsewhere/1", app.now(), lease).await.unwrap().unwrap();

        let collected = app.collect(&[]).await.unwrap();

        let problems = |name: &str| collected.iter().find(|(n, _)| n == name).unwrap().1.problems.len();
        assert_eq!((problems("bakery"), problems("shop")), (0, 1), "{collected:?}");
        assert!(store.run_finish(&held, &Finish::default(), app.now()).await.unwrap());
        assert!(app.collect(&["shop".to_owned()]).await.unwrap()[0].1.problems.is_empty());
    })
    .await;
}

/// The same when both processes look at the very same moment: neither has committed when the other chooses.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_source_is_collected_by_one_run_at_a_time_also_in_a_race() {
    with_quiet_app(async |app| {
        let stores = [app.store().await, app.store().await];
        let shop = hourly(app, "shop").await;
        let (now, lease) = (app.now(), app.now().plus_millis(LEASE_MS));
        for round in 0..40 {
            for _ in 0..2 {
                stores[0].run_enqueue(&collection(&shop, now)).await.unwrap();
            }
            let claims = stores.clone().map(|store| {
                tokio::spawn(async move { store.run_claim("elsewhere/1", now, lease).await.unwrap() })
            });
            let [one, two] = claims;
            let held: Vec<RunRow> = [one.await.unwrap(), two.await.unwrap()].into_iter().flatten().collect();
            assert!(held.len() <= 1, "round {round}: two runs of one source at once");
            for run in &held {
                assert!(stores[0].run_finish(run, &Finish::default(), now).await.unwrap());
            }
            while let Some(left) = stores[0].run_claim("elsewhere/1", now, lease).await.unwrap() {
                assert!(stores[0].run_finish(&left, &Finish::default(), now).await.unwrap());
            }
        }
    })
    .await;
}
