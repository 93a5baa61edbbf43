"""The verbs, one file a stage: keyword-only functions with by=, each atomic through the one door. Stages never import each other."""
