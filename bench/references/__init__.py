"""Reference servers: what the product is measured against, each as small as it can be."""
