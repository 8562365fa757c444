"""A kernel is compiled again when any source it may be made of has changed."""

from pathlib import Path

from gesta import kernels
from gesta.render.visibility import project_vertices


def test_the_cache_of_a_kernel_is_keyed_by_all_sources(monkeypatch):
    class Codegen:
        def magic_tuple(self):
            return ("machine",)

    cache = kernels.KernelCache(project_vertices.py_func)
    assert isinstance(project_vertices._cache, kernels.KernelCache)
    before = cache._index_key((), Codegen())
    assert kernels.sources_digest() in before
    assert cache._index_key((), Codegen()) == before
    monkeypatch.setattr(kernels, "sources_digest", lambda: "changed")
    assert cache._index_key((), Codegen()) != before


def test_every_kernel_is_in_a_part_that_the_key_covers():
    package = Path(kernels.__file__).parent
    users = [path for path in package.rglob("*.py") if "from gesta.kernels import" in path.read_text()]
    assert users
    assert {path.relative_to(package).parts[0] for path in users} <= set(kernels.KERNEL_PARTS)
