"""The demo company: a French-British house that sells coffee machines to hotels, restaurants and offices.

Everything here is invented. ``seed`` brings it together: the company, a plan of what its people did over the last three
months, and a diary that lets it happen, day by day, with the real engine looking on.
"""
