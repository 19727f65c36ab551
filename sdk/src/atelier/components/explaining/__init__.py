"""What a trained model's answers depend on."""
