//! Makes tests of scenarios; the suite of the cluster makes its own of the same ones.

/// A test for each scenario, with a Toast of its own.
macro_rules! scenarios {
    ($($name:ident),+ $(,)?) => {
        mod tests {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(&crate::app::TestApp::start().await).await;
                }
            )+
        }
    };
}
