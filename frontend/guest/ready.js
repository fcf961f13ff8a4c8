// Marks pages without a bundle as interactive, as `boot.js` marks those whose bundle is loaded.

if (!find("[data-shop]")) document.documentElement.dataset.hydrated = "1";
