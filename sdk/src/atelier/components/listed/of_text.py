"""Components of text, recommendation, explanation, deployment and inference: name -> the module that holds it."""

MODULES: dict[str, str] = {
    "preprocess_text": "text.preprocess_text",
    "feature_hashing": "text.feature_hashing",
    "extract_n_gram_features_from_text": "text.extract_n_gram_features_from_text",
    "latent_dirichlet_allocation": "text.latent_dirichlet_allocation",
    "convert_word_to_vector": "text.convert_word_to_vector",
    "train_svd_recommender": "recommendation.train_svd_recommender",
    "score_svd_recommender": "recommendation.score_svd_recommender",
    "evaluate_recommender": "recommendation.evaluate_recommender",
    "explain_model": "explaining.explain_model",
    "web_service_input": "inference.web_service_input",
    "web_service_output": "inference.web_service_output",
    "register_model": "deployment.register_model",
    "deploy_model": "deployment.deploy_model",
}
