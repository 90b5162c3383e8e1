"""Where two sides are tried: points of the declared sets, both sides of kinks, what is found there.

Must not know text, proofs or what a verdict is called.
"""
