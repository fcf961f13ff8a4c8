//! Makes tests of scenarios; the cluster suite uses the same ones.

/// A test for each scenario, with its own server.
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
