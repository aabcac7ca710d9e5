raise RuntimeError("this module does not want to be imported")
