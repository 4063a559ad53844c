"""Pieces that all pages share; each knows its faces: loading, empty, too few, no data, …"""
