"""Tests of models as folders."""
