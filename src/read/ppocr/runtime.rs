//! ONNX Runtime, loaded from a shared library when that is there, and a network in it.
//!
//! Three engines were compared (docs/decisions/0005): this one is the fastest by far on our networks. It is C++ and
//! may crash on its own; readers run in processes of their own, so such a crash costs one file.

use std::path::Path;

use ort::{
    environment::Environment,
    session::{Session, builder::GraphOptimizationLevel},
    value::Tensor,
};

/// The networks cannot be used; the sentence says which file and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// ONNX Runtime's library is missing or of another version.
    #[error("the neural reader's library cannot be loaded from {path}: {reason}")]
    Library {
        /// Where it was looked for.
        path: String,
        /// What the loader said.
        reason: String,
    },
    /// A network's file is missing or damaged.
    #[error("the neural reader's file {path} cannot be used: {reason}")]
    Model {
        /// Which file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A network did not run: it ran out of memory, or its answer has an unknown shape.
    #[error("the neural reader failed: {reason}")]
    Run {
        /// What it said.
        reason: String,
    },
}

/// The loaded library. One a process.
pub(super) struct Runtime(Environment);

impl Runtime {
    /// Loads the library. Later calls in the same process return the one that was loaded first.
    pub(super) fn load(library: &Path) -> Result<Self, NetworkError> {
        let failed = |reason: String| NetworkError::Library { path: library.display().to_string(), reason };
        let builder = ort::environment::init_from(library).map_err(|error| failed(error.to_string()))?;
        builder.build().map(Self).map_err(|error| failed(error.to_string()))
    }
}

/// A network with one input and one output of four and three or four dimensions.
pub(super) struct Network {
    session: Session,
}

/// What a network answered.
pub(super) struct Answer {
    /// Its dimensions, outermost first.
    pub(super) shape: Vec<usize>,
    /// The numbers, innermost dimension first.
    pub(super) numbers: Vec<f32>,
}

impl Network {
    /// Loads a network to run on one thread: pages are read side by side, not parts of one.
    pub(super) fn load(runtime: &Runtime, path: &Path) -> Result<Self, NetworkError> {
        let failed = |reason: String| NetworkError::Model { path: path.display().to_string(), reason };
        let session = Session::builder(&runtime.0)
            .map_err(|error| failed(error.to_string()))?
            .with_intra_threads(1)
            .map_err(|error| failed(error.to_string()))?
            .with_inter_threads(1)
            .map_err(|error| failed(error.to_string()))?
            .with_optimization_level(GraphOptimizationLevel::All)
            .map_err(|error| failed(error.to_string()))?
            // Every picture has another size: a plan made for one is no use for the next, and keeps its memory.
            .with_memory_pattern(false)
            .map_err(|error| failed(error.to_string()))?
            .with_execution_providers([ort::ep::CPU::default().with_arena_allocator(false).build()])
            .map_err(|error| failed(error.to_string()))?
            .commit_from_file(path)
            .map_err(|error| failed(error.to_string()))?;
        Ok(Self { session })
    }

    /// A text kept in the file beside the network, such as its list of characters.
    pub(super) fn note(&self, key: &str) -> Option<String> {
        self.session.metadata().ok()?.custom(key)
    }

    /// Runs the network.
    pub(super) fn run(&mut self, shape: [usize; 4], numbers: Vec<f32>) -> Result<Answer, NetworkError> {
        let failed = |reason: String| NetworkError::Run { reason };
        let input = Tensor::from_array((shape, numbers)).map_err(|error| failed(error.to_string()))?;
        let outputs = self.session.run(ort::inputs![input]).map_err(|error| failed(error.to_string()))?;
        let Some((_, output)) = outputs.iter().next() else {
            return Err(failed("no answer".to_owned()));
        };
        let (shape, numbers) = output.try_extract_tensor::<f32>().map_err(|error| failed(error.to_string()))?;
        let shape = shape.iter().map(|length| usize::try_from(*length).unwrap_or(0)).collect();
        Ok(Answer { shape, numbers: numbers.to_vec() })
    }
}
