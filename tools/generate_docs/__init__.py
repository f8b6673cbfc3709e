"""The parts of the documentation that are generated: python -m tools.generate_docs"""
